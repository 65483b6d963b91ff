/*
 * The one vertical axis that all columns of the grid share: from the clock on the wall to a position, and back.
 *
 * Positions are minutes below the top. On nearly every day that is the wall clock itself. Where the clock goes
 * back within the days shown, the hour that comes twice gets two rows, one below the other, on every day: days on
 * which it comes once have a gap there. Where the clock goes forward, that day has a gap in place of the hour that
 * is left out. So 09:30 is on one line in the whole week, and nothing is drawn over anything else.
 */
import type { Clock, LocalDate, Moment } from "$lib/time";

/** Stretches of one axis or day, half-open: in wall minutes, or in positions where it says so. */
export type Stretch = { from: number; to: number };
/** One line of the scale. `fold` as in $lib/time. */
export type Mark = { position: number; minutes: number; fold: 0 | 1 };

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
const STEP = 15; // every zone changes its clock on a quarter of an hour

export class Axis {
  /** Wall minutes at the top and at the bottom. */
  readonly from: number;
  readonly to: number;
  readonly #clock: Clock;
  readonly #days: ReadonlyMap<LocalDate, Day>;
  /** What has two rows on this axis, in order, not overlapping. */
  readonly #twice: readonly Stretch[];

  /** `shown`: wall minutes that have to be visible; hours that come twice are shown whole or not at all. */
  constructor(clock: Clock, dates: readonly LocalDate[], shown: Stretch) {
    this.#clock = clock;
    this.#days = new Map(dates.map((date) => [date, dayOf(clock, date)]));
    const twice = merge([...this.#days.values()].flatMap((day) => day.twice));
    this.from = twice.reduce((from, each) => (each.to > from ? Math.min(from, each.from) : from), shown.from);
    this.to = twice.reduce((to, each) => (each.from < to ? Math.max(to, each.to) : to), shown.to);
    this.#twice = twice.filter((each) => each.from >= this.from && each.to <= this.to);
  }

  /** The height of the whole, in minutes. */
  get length(): number {
    return this.#position(this.to, 0);
  }

  /** Whether any of a stretch of time is on `date`. */
  isOn(date: LocalDate, starts: Moment, ends: Moment): boolean {
    const { start, end } = this.#day(date);
    return timeOf(starts) < end && timeOf(ends) > start;
  }

  /** Where a moment of `date` is; what lies on other days is at the top or at the bottom. */
  positionOf(at: Moment, date: LocalDate): number {
    return this.#positionOfTime(timeOf(at), date, 0);
  }

  /** Where something ends: just after its last minute, not where the next one would begin. */
  endPositionOf(at: Moment, date: LocalDate): number {
    return this.#positionOfTime(timeOf(at) - MINUTE, date, 1);
  }

  /** The moment at a position; null in a gap. */
  momentAt(position: number, date: LocalDate): Date | null {
    let minutes = position + this.from;
    let fold: 0 | 1 = 0;
    for (const each of this.#twice) {
      if (minutes < each.to) break;
      minutes -= each.to - each.from;
      fold = minutes < each.to ? 1 : 0;
      if (fold) break;
    }
    if (fold && !this.#comesTwice(minutes, date)) return null;
    return minutes < DAY_MINUTES ? this.#clock.instantOf(date, minutes, fold) : null;
  }

  /** The moment at which something ends that reaches down to a position. */
  endMomentAt(position: number, date: LocalDate): Date | null {
    const last = this.momentAt(position - 1, date);
    return last && new Date(last.getTime() + MINUTE);
  }

  /** Positions that do not exist on `date`. */
  gapsOf(date: LocalDate): Stretch[] {
    const never = this.#day(date).never.map(({ from, to }) => ({
      from: this.#within(this.#position(from, 0)),
      to: this.#within(this.#position(to - 1, 0) + 1),
    }));
    const once = this.#twice
      .filter((each) => !this.#comesTwice(each.from, date))
      .map((each) => ({ from: this.#position(each.from, 1), to: this.#position(each.to - 1, 1) + 1 }));
    return [...never, ...once].filter(({ from, to }) => to > from).sort((a, b) => a.from - b.from);
  }

  /** A line every `step` wall minutes, both rows of what comes twice included. */
  marks(step: number): Mark[] {
    const lines: Mark[] = [];
    for (let minutes = Math.ceil(this.from / step) * step; minutes < this.to; minutes += step) {
      lines.push({ position: this.#position(minutes, 0), minutes, fold: 0 });
      const isTwice = this.#twice.some((each) => each.from <= minutes && minutes < each.to);
      if (isTwice) lines.push({ position: this.#position(minutes, 1), minutes, fold: 1 });
    }
    return lines.sort((a, b) => a.position - b.position);
  }

  #positionOfTime(time: number, date: LocalDate, after: 0 | 1): number {
    const { start, end, isEven } = this.#day(date);
    if (time < start) return 0;
    if (time >= end) return this.length;
    // Asking the zone is slow, and a full diary asks thousands of times.
    const wall = isEven ? { minutes: (time - start) / MINUTE, fold: 0 as const } : this.#clock.wallOf(new Date(time));
    return this.#within(this.#position(wall.minutes, wall.fold) + after);
  }

  #position(minutes: number, fold: 0 | 1): number {
    let position = minutes - this.from;
    for (const { from, to } of this.#twice) {
      if (to <= minutes || (fold === 1 && from <= minutes && minutes < to)) position += to - from;
    }
    return position;
  }

  #day(date: LocalDate): Day {
    const day = this.#days.get(date);
    if (!day) throw new RangeError(`${date} is not on this axis.`);
    return day;
  }

  #comesTwice(minutes: number, date: LocalDate): boolean {
    return this.#day(date).twice.some((each) => each.from <= minutes && minutes < each.to);
  }

  #within(position: number): number {
    return Math.min(Math.max(position, 0), this.length);
  }
}

/** A day from midnight to midnight, and which of its wall times come twice, and which never. */
type Day = { start: number; end: number; isEven: boolean; twice: Stretch[]; never: Stretch[] };

function dayOf(clock: Clock, date: LocalDate): Day {
  const start = clock.startOfDay(date).getTime();
  const length = clock.lengthOfDay(date);
  const end = start + length * MINUTE;
  const day: Day = { start, end, isEven: length === DAY_MINUTES, twice: [], never: [] };
  if (day.isEven) return day;
  let expected = 0;
  for (let time = start; time < end; time += STEP * MINUTE) {
    const { minutes } = clock.wallOf(new Date(time));
    if (minutes > expected) day.never.push({ from: expected, to: minutes });
    if (minutes < expected) day.twice.push({ from: minutes, to: expected });
    expected = minutes + STEP;
  }
  return day;
}

function timeOf(at: Moment): number {
  return new Date(at).getTime();
}

function merge(stretches: Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const { from, to } of stretches.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  return merged;
}
