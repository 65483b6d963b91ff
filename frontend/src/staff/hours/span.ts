// From when to when time off lasts: as the form has it, and as the server wants it.
import { say } from "$lib/texts";
import { type Clock, clockMinutes, clockText, dayName, isLocalDate, type LocalDate, plusDays } from "$lib/time";
import { hours as texts } from "$texts";

import { timeWords } from "../twice";

export type Span = {
  isWholeDays: boolean;
  from: LocalDate;
  fromTime: string;
  /** Which of two equal times, as in $lib/time. */
  fromFold: 0 | 1;
  /** The last day, inclusive. */
  until: LocalDate;
  untilTime: string;
  untilFold: 0 | 1;
};
export type Moments = { starts_at: string; ends_at: string };
export type SpanErrors = { starts_at?: string; ends_at?: string };

/** Both moments, or what is missing, under the names that the server has for them. */
export function momentsOf(span: Span, clock: Clock): Moments | { errors: SpanErrors } {
  const errors: SpanErrors = {};
  if (!isLocalDate(span.from)) errors.starts_at = texts.time_off.no_day;
  if (!isLocalDate(span.until)) errors.ends_at = texts.time_off.no_day;
  if (errors.starts_at || errors.ends_at) return { errors };
  const starts = span.isWholeDays ? clock.startOfDay(span.from) : at(span.from, span.fromTime, span.fromFold, clock);
  const ends = span.isWholeDays
    ? clock.startOfDay(plusDays(span.until, 1))
    : at(span.until, span.untilTime, span.untilFold, clock);
  if (!starts) errors.starts_at = span.fromTime ? texts.time_off.left_out : texts.time_off.no_time;
  if (!ends) errors.ends_at = span.untilTime ? texts.time_off.left_out : texts.time_off.no_time;
  if (!starts || !ends) return { errors };
  return { starts_at: starts.toISOString(), ends_at: ends.toISOString() };
}

/** What the form begins with. */
export function wholeDay(date: LocalDate): Span {
  const times = { fromTime: "09:00", fromFold: 0, untilTime: "17:00", untilFold: 0 } as const;
  return { isWholeDays: true, from: date, until: date, ...times };
}

/** The form's own fields for time off that is there already. */
export function spanOf(moments: Moments, clock: Clock): Span {
  const [starts, ends] = [clock.wallOf(moments.starts_at), clock.wallOf(moments.ends_at)];
  const isWholeDays = starts.minutes === 0 && ends.minutes === 0;
  return {
    isWholeDays,
    from: starts.date,
    fromTime: isWholeDays ? "09:00" : clockText(starts.minutes),
    fromFold: starts.fold,
    until: isWholeDays ? plusDays(ends.date, -1) : ends.date,
    untilTime: isWholeDays ? "17:00" : clockText(ends.minutes),
    untilFold: ends.fold,
  };
}

/** null where the wall clock never shows that time on that day. */
function at(date: LocalDate, time: string, fold: 0 | 1, clock: Clock): Date | null {
  return time ? clock.instantOf(date, clockMinutes(time), fold) : null;
}

/** Monday 23 November, or from one day to another, with the times where it is not whole days. */
export function spanWords(moments: Moments, clock: Clock): string {
  const { isWholeDays, from, until } = spanOf(moments, clock);
  const name = (date: LocalDate) =>
    dayName(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const isOneDay = from === until;
  if (isWholeDays && isOneDay) return name(from);
  if (isWholeDays) return say(texts.time_off.whole, { from: name(from), until: name(until) });
  const parts = { from: timeWords(moments.starts_at, clock), until: timeWords(moments.ends_at, clock) };
  if (isOneDay) return say(texts.time_off.parts, { day: name(from), ...parts });
  return say(texts.time_off.across, { from_day: name(from), until_day: name(until), ...parts });
}
