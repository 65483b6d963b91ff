// Why the diary did not take a change, in words for whoever made it.
import { Refused, wordsOf } from "$lib/api";
import { say } from "$lib/texts";
import { type Clock, minutesBetween } from "$lib/time";
import { diary as texts } from "$texts";

import { momentWords } from "./words";

/** Where an appointment is, or is to be. */
export type Slot = { startsAt: string; endsAt: string; therapist: number };
export type Attempted = { standing: Slot; wanted: Slot };
export type Alternative = { starts_at: string; therapist: number };
type InTheWay = { client: string; starts_at: string };

const REASONS_TO_OVERRIDE = ["outside_hours", "off_the_grid", "in_the_past", "too_soon", "too_far_ahead"];
const MOST_ALTERNATIVES = 3;

/** Whether staff may do it all the same, with a reason. */
export function canBeOverridden(error: unknown): error is Refused {
  const isOffered = error instanceof Refused && error.code === "slot_unavailable";
  return isOffered && REASONS_TO_OVERRIDE.includes(String(error.problem.reason));
}

/** The starts that are free, the nearest first. Where it stands now is free only to itself. */
export function alternativesOf(error: unknown, { standing, wanted }: Attempted): Alternative[] {
  if (!(error instanceof Refused) || !Array.isArray(error.problem.alternatives)) return [];
  const isElsewhere = (each: Alternative) =>
    each.therapist !== standing.therapist || minutesBetween(each.starts_at, standing.startsAt) !== 0;
  const away = (each: Alternative) => Math.abs(minutesBetween(each.starts_at, wanted.startsAt));
  return (error.problem.alternatives as Alternative[]).filter(isElsewhere).sort((a, b) => away(a) - away(b));
}

/** `whose` change was refused, and from where to where it was to go. */
export function whyNot(error: unknown, whose: string, clock: Clock, attempted?: Attempted): string {
  if (!(error instanceof Refused)) return wordsOf(error);
  if (error.code === "stale_version") return texts.changes.stale;
  if (error.code === "slot_taken") {
    const nearest = attempted ? alternativesOf(error, attempted).slice(0, MOST_ALTERNATIVES) : [];
    const times = nearest.map((each) => momentWords(each.starts_at, clock)).join(", ");
    const free = times ? say(texts.changes.free_nearby, { times }) : "";
    return [say(texts.changes.taken, { client: whose }), free].filter(Boolean).join(" ");
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
