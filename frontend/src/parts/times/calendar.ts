// What the calendar of free times shows, without drawing it: weeks of a month, states of days, times by part of day.
import type { Schema } from "$lib/api";
import { type Clock, firstOfMonth, type LocalDate, mondayOf, plusDays, plusMonths } from "$lib/time";

export type Slot = Schema["Slot"];
export type Day = Schema["AvailableDay"];
export type Wanted = { treatment: string; minutes: number; therapist?: number | undefined };

/** Free has times; full has none left; closed is a day without work; outside cannot be booked yet, or any more. */
export type DayState = "free" | "full" | "closed" | "outside";
export type Span = { first: LocalDate; last: LocalDate };

const DAY_PARTS = ["morning", "afternoon", "evening"] as const;
export type DayPart = (typeof DAY_PARTS)[number];
export type Labelled = { slot: Slot; label: string };

const AFTERNOON_MINUTES = 12 * 60;
const EVENING_MINUTES = 17 * 60;

/** The weeks that a month touches, from Monday; days of other months are null. */
export function weeksOf(month: LocalDate): (LocalDate | null)[][] {
  const weeks: (LocalDate | null)[][] = [];
  for (let monday = mondayOf(month); monday < plusMonths(month, 1); monday = plusDays(monday, 7)) {
    const dates = Array.from({ length: 7 }, (_, weekday) => plusDays(monday, weekday));
    weeks.push(dates.map((date) => (firstOfMonth(date) === month ? date : null)));
  }
  return weeks;
}

/** The part of a month that can be booked; null when none of it can. */
export function bookablePart(month: LocalDate, bookable: Span): Span | null {
  const first = month > bookable.first ? month : bookable.first;
  const end = plusDays(plusMonths(month, 1), -1);
  const last = end < bookable.last ? end : bookable.last;
  return first <= last ? { first, last } : null;
}

export function stateOf(day: Day | undefined): DayState {
  if (!day) return "outside";
  if (day.slots.length) return "free";
  return day.is_open ? "full" : "closed";
}

/** The day that is shown at first: the one wished for if it is free, else the first free one after it, or at all. */
export function bestDay(days: Day[], wished: LocalDate): LocalDate {
  const free = days.filter((day) => day.slots.length).map((day) => day.date);
  return free.find((date) => date >= wished) ?? free[0] ?? "";
}

/** The times of a day by part of day, empty parts left out. A time that comes twice bears its zone. */
export function byDayPart(slots: Slot[], clock: Clock): { part: DayPart; times: Labelled[] }[] {
  const plain = slots.map((slot) => clock.time(slot.starts_at));
  const labelled = slots.map((slot, index) => {
    const isTwice = plain.filter((label) => label === plain[index]).length > 1;
    return { slot, label: isTwice ? clock.timeWithZone(slot.starts_at) : (plain[index] ?? "") };
  });
  return DAY_PARTS.map((part) => ({
    part,
    times: labelled.filter(({ slot }) => dayPartOf(slot, clock) === part),
  })).filter(({ times }) => times.length);
}

function dayPartOf(slot: Slot, clock: Clock): DayPart {
  const { minutes } = clock.wallOf(slot.starts_at);
  if (minutes < AFTERNOON_MINUTES) return "morning";
  return minutes < EVENING_MINUTES ? "afternoon" : "evening";
}
