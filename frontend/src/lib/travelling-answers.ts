// Answers to the guide that go along to the booking page: only those of somebody who asked for it, only in this tab,
// and only for a while. Whoever uses the tab after them is asked the safety questions anew.
import type { Schema } from "$lib/api";
import { forget, keep, recall } from "$lib/session";

export type SentAnswers = Required<Schema["GuideAnswersRequest"]>;

const KEY = "guide";
const GOOD_FOR_MS = 30 * 60_000;

export function takeAlong(answers: SentAnswers): boolean {
  return keep(KEY, { ...answers, at: Date.now() });
}

export function leaveBehind(): void {
  forget(KEY);
}

export function carriedAnswers(now: number = Date.now()): SentAnswers | null {
  const left = recall<Partial<SentAnswers> & { at?: number }>(KEY);
  if (!left) return null;
  if (!left.at || now - left.at > GOOD_FOR_MS) {
    leaveBehind();
    return null;
  }
  return { answers: left.answers ?? {}, safety: left.safety ?? [], follow_ups: left.follow_ups ?? {} };
}
