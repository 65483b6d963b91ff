// Times as the grid says them.
import { say } from "$lib/texts";
import { type Clock, type LocalDate, type Moment, plusDays } from "$lib/time";
import { diary as texts } from "$texts";

import { timeWords } from "../twice";

export function spanWords(starts: Moment, ends: Moment, clock: Clock): string {
  return say(texts.block.times, { from: timeWords(starts, clock), to: timeWords(ends, clock) });
}

/** What of it lies on `date`: "09:00–12:00", "from 16:00", "until 12:00", or "all day". */
export function dayPartWords(starts: Moment, ends: Moment, date: LocalDate, clock: Clock): string {
  const [dayStarts, dayEnds] = [clock.startOfDay(date), clock.startOfDay(plusDays(date, 1))];
  const [isFromStart, isToEnd] = [new Date(starts) <= dayStarts, new Date(ends) >= dayEnds];
  if (isFromStart && isToEnd) return texts.block.all_day;
  if (isToEnd) return say(texts.block.from, { from: timeWords(starts, clock) });
  if (isFromStart) return say(texts.block.until, { until: timeWords(ends, clock) });
  return spanWords(starts, ends, clock);
}

/** "Tue 24 Nov 10:15", or "10:15" on the day that is talked about. */
export function momentWords(at: Moment, clock: Clock, on?: LocalDate): string {
  const time = timeWords(at, clock);
  return on !== undefined && clock.dateOf(at) === on ? time : `${clock.shortDay(at)} ${time}`;
}
