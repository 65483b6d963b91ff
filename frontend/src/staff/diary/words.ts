// Times as the grid says them.
import { say } from "$lib/texts";
import { type Clock, type LocalDate, type Moment } from "$lib/time";
import { diary as texts } from "$texts";

import { timeWords } from "../twice";

export function spanWords(starts: Moment, ends: Moment, clock: Clock): string {
  return say(texts.block.times, { from: timeWords(starts, clock), to: timeWords(ends, clock) });
}

/** "Tue 24 Nov 10:15", or "10:15" on the day that is talked about. */
export function momentWords(at: Moment, clock: Clock, on?: LocalDate): string {
  const time = timeWords(at, clock);
  return on !== undefined && clock.dateOf(at) === on ? time : `${clock.shortDay(at)} ${time}`;
}
