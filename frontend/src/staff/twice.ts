// Times on the wall, also in the hour that comes twice when the clock goes back.
import { type Clock, clockMinutes, isLocalDate, type LocalDate, type Moment, plusDays } from "$lib/time";

const nearChange = new Map<string, boolean>();

/** "10:15", and in the hour that comes twice "01:15 BST". */
export function timeWords(at: Moment, clock: Clock): string {
  if (!mayComeTwice(at, clock)) return clock.time(at);
  const { date, minutes } = clock.wallOf(at);
  return bothMoments(date, minutes, clock).length > 1 ? clock.timeWithZone(at) : clock.time(at);
}

/** The two moments of a time that was typed and comes twice on that day; otherwise none. */
export function typedTwice(date: string, time: string, clock: Clock): Date[] {
  const moments = time && isLocalDate(date) ? bothMoments(date, clockMinutes(time), clock) : [];
  return moments.length > 1 ? moments : [];
}

/** Every moment at which the wall clock shows that time on that day: one, two, or none. */
function bothMoments(date: LocalDate, minutes: number, clock: Clock): Date[] {
  const [first, second] = [clock.instantOf(date, minutes, 0), clock.instantOf(date, minutes, 1)];
  if (!first || !second) return [];
  return first.getTime() === second.getTime() ? [first] : [first, second];
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
