// Times as the grid says them.
import { say } from "$lib/texts";
import type { Clock, LocalDate, Moment } from "$lib/time";
import { diary as texts } from "$texts";

/** "10:15", and in the hour that comes twice "01:15 BST". */
export function timeWords(at: Moment, clock: Clock): string {
  const { date, minutes } = clock.wallOf(at);
  const comesTwice = clock.instantOf(date, minutes, 0)?.getTime() !== clock.instantOf(date, minutes, 1)?.getTime();
  return comesTwice ? clock.timeWithZone(at) : clock.time(at);
}

export function spanWords(starts: Moment, ends: Moment, clock: Clock): string {
  return say(texts.block.times, { from: timeWords(starts, clock), to: timeWords(ends, clock) });
}

/** "Tue 24 Nov 10:15", or "10:15" on the day that is talked about. */
export function momentWords(at: Moment, clock: Clock, on?: LocalDate): string {
  const time = timeWords(at, clock);
  return on !== undefined && clock.dateOf(at) === on ? time : `${clock.shortDay(at)} ${time}`;
}
