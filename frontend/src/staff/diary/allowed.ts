// What may be dragged, as far as the grid can know it; the server has the last word. Pure.
import type { Schema } from "$lib/api";
import type { Clock } from "$lib/time";

import type { Block } from "./layout";

/** A room that is closed is the front desk's affair; a therapist sees it. */
export function mayChangeTimeOff(row: Schema["DiaryTimeOff"], role: Schema["Account"]["role"]): boolean {
  return role !== "therapist" || row.room === null;
}

// Still to come: the same states in which the server lets an appointment be moved.
const OPEN = ["pending", "booked"];

/** Time off of several days is edited by its dates: of what is seen of it, neither end may be there. */
export function mayMove(block: Block, clock: Clock): boolean {
  if (block.kind === "hold") return false;
  if (block.kind === "appointment") return OPEN.includes(block.row.status);
  return clock.dateOf(block.row.starts_at) === clock.dateOf(block.row.ends_at);
}

/** The lengths it can be stretched to; undefined for any, false for none. */
export function lengthsOf(
  block: Block,
  treatments: readonly Schema["Treatment"][],
  clock: Clock,
): readonly number[] | undefined | false {
  if (!mayMove(block, clock)) return false;
  if (block.kind !== "appointment") return undefined;
  const treatment = treatments.find((each) => each.slug === block.row.treatment.slug);
  const lengths = (treatment?.options ?? []).map((option) => option.minutes);
  return lengths.some((minutes) => minutes !== block.row.minutes) ? lengths : false;
}
