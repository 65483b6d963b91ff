// Why the diary did not take a change, in words for whoever made it.
import { Refused, wordsOf } from "$lib/api";
import { say } from "$lib/texts";
import type { Clock } from "$lib/time";
import { diary as texts } from "$texts";

import { momentWords } from "./words";

export type Alternative = { starts_at: string; therapist: number };
type InTheWay = { client: string; starts_at: string };

const REASONS_TO_OVERRIDE = ["outside_hours", "off_the_grid", "in_the_past", "too_soon", "too_far_ahead"];
const MOST_ALTERNATIVES = 3;

/** Whether staff may do it all the same, with a reason. */
export function canBeOverridden(error: unknown): error is Refused {
  const isOffered = error instanceof Refused && error.code === "slot_unavailable";
  return isOffered && REASONS_TO_OVERRIDE.includes(String(error.problem.reason));
}

/** The nearest starts that are free, where the answer names them. */
export function alternativesOf(error: unknown): Alternative[] {
  if (!(error instanceof Refused)) return [];
  const named = error.problem.alternatives;
  return Array.isArray(named) ? (named as Alternative[]) : [];
}

export function whyNot(error: unknown, client: string, clock: Clock): string {
  if (!(error instanceof Refused)) return wordsOf(error);
  if (error.code === "stale_version") return texts.changes.stale;
  if (error.code === "slot_taken") {
    const nearest = alternativesOf(error).slice(0, MOST_ALTERNATIVES);
    const times = nearest.map((each) => momentWords(each.starts_at, clock)).join(", ");
    const free = times ? say(texts.changes.free_nearby, { times }) : "";
    return [say(texts.changes.taken, { client }), free].filter(Boolean).join(" ");
  }
  if (error.code === "strands_bookings") {
    const named = error.problem.bookings;
    const rows = Array.isArray(named) ? (named as InTheWay[]) : [];
    const bookings = rows.map((each) => `${each.client} ${momentWords(each.starts_at, clock)}`).join(", ");
    return `${error.message} ${say(texts.changes.in_the_way, { bookings })}`;
  }
  const fields = Object.values(error.errors).flatMap((said) => said.map((each) => each.message));
  return [...new Set(fields.length ? fields : [error.message])].join(" ");
}
