// Answers that the guide's page left for this booking, because the visitor asked it to.
import type { Schema } from "$lib/api";
import { forget, recall } from "$lib/session";

export type GuideAnswers = Required<Schema["GuideAnswersRequest"]>;

const KEY = "guide";

export function recallGuide(): GuideAnswers | null {
  const left = recall<Partial<GuideAnswers>>(KEY);
  return left ? { answers: left.answers ?? {}, safety: left.safety ?? [], follow_ups: left.follow_ups ?? {} } : null;
}

export const forgetGuide = () => forget(KEY);
