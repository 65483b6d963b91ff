// When an appointment is to begin: as the form has it, and as a moment. Pure.
import { type Clock, clockMinutes, clockText, isLocalDate, type Moment } from "$lib/time";
import { appointments as texts } from "$texts";

/** A day and a time as they are typed, either may be empty. `fold` tells which of two equal times, as in $lib/time. */
export type Start = { date: string; time: string; fold: 0 | 1 };
export type StartErrors = { date: string; starts_at: string };

export function startAt(at: Moment, clock: Clock): Start {
  const { date, minutes, fold } = clock.wallOf(at);
  return { date, time: clockText(minutes), fold };
}

/** null where something is missing, or where the clock leaves that time out. */
export function momentOf({ date, time, fold }: Start, clock: Clock): Date | null {
  return time && isLocalDate(date) ? clock.instantOf(date, clockMinutes(time), fold) : null;
}

/** What is wrong with it, field by field; nothing where there is such a moment. */
export function faultsOf(start: Start, clock: Clock): StartErrors {
  const isDay = isLocalDate(start.date);
  const leftOut = isDay && !momentOf(start, clock) ? texts.form.no_such_time : "";
  return {
    date: isDay ? "" : texts.form.date_missing,
    starts_at: start.time ? leftOut : texts.form.time_missing,
  };
}
