// Times as the grid says them.
import { say } from "$lib/texts";
import { type Clock, type LocalDate, type Moment, plusDays } from "$lib/time";
import { diary as texts } from "$texts";

const nearChange = new Map<string, boolean>();

/** "10:15", and in the hour that comes twice "01:15 BST". */
export function timeWords(at: Moment, clock: Clock): string {
  return mayComeTwice(at, clock) && comesTwice(at, clock) ? clock.timeWithZone(at) : clock.time(at);
}

function comesTwice(at: Moment, clock: Clock): boolean {
  const { date, minutes } = clock.wallOf(at);
  return clock.instantOf(date, minutes, 0)?.getTime() !== clock.instantOf(date, minutes, 1)?.getTime();
}

/** Whether the clock changes on a day near it, remembered: a full diary asks hundreds of times. */
function mayComeTwice(at: Moment, clock: Clock): boolean {
  const day = new Date(at).toISOString().slice(0, 10);
  const key = `${clock.timeZone} ${day}`;
  const known = nearChange.get(key);
  if (known !== undefined) return known;
  const found = [-1, 0, 1].some((days) => clock.lengthOfDay(plusDays(day, days)) !== 24 * 60);
  nearChange.set(key, found);
  return found;
}

export function spanWords(starts: Moment, ends: Moment, clock: Clock): string {
  return say(texts.block.times, { from: timeWords(starts, clock), to: timeWords(ends, clock) });
}

/** "Tue 24 Nov 10:15", or "10:15" on the day that is talked about. */
export function momentWords(at: Moment, clock: Clock, on?: LocalDate): string {
  const time = timeWords(at, clock);
  return on !== undefined && clock.dateOf(at) === on ? time : `${clock.shortDay(at)} ${time}`;
}
