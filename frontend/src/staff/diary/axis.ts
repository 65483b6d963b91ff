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

const DAY_MINUTES = 1440;
const STEP = 15; // every zone changes its clock on a quarter of an hour

export class Axis {
  /** Wall minutes at the top and at the bottom. */
  readonly from: number;
  readonly to: number;
  readonly #clock: Clock;
  readonly #changes: ReadonlyMap<LocalDate, Change>;
  /** What has two rows on this axis, in order, not overlapping. */
  readonly #twice: readonly Stretch[];

  /** `shown`: wall minutes that have to be visible; hours that come twice are shown whole or not at all. */
  constructor(clock: Clock, dates: readonly LocalDate[], shown: Stretch) {
    this.#clock = clock;
    this.#changes = new Map(dates.map((date) => [date, changeOf(clock, date)]));
    const twice = merge([...this.#changes.values()].flatMap((change) => change.twice));
    this.from = twice.reduce((from, each) => (each.to > from ? Math.min(from, each.from) : from), shown.from);
    this.to = twice.reduce((to, each) => (each.from < to ? Math.max(to, each.to) : to), shown.to);
    this.#twice = twice.filter((each) => each.from >= this.from && each.to <= this.to);
  }

  /** The height of the whole, in minutes. */
  get length(): number {
    return this.#position(this.to, 0);
  }

  /** Where a moment of `date` is; what lies on other days is at the top or at the bottom. */
  positionOf(at: Moment, date: LocalDate): number {
    const wall = this.#clock.wallOf(at);
    if (wall.date !== date) return wall.date < date ? 0 : this.length;
    return this.#within(this.#position(wall.minutes, wall.fold));
  }

  /** Where something ends: just after its last minute, not where the next one would begin. */
  endPositionOf(at: Moment, date: LocalDate): number {
    const last = new Date(new Date(at).getTime() - 60_000);
    const wall = this.#clock.wallOf(last);
    if (wall.date !== date) return wall.date < date ? 0 : this.length;
    return this.#within(this.#position(wall.minutes, wall.fold) + 1);
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
    return last && new Date(last.getTime() + 60_000);
  }

  /** Positions that do not exist on `date`. */
  gapsOf(date: LocalDate): Stretch[] {
    const change = this.#changes.get(date) ?? { twice: [], never: [] };
    const never = change.never.map(({ from, to }) => ({
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

  #position(minutes: number, fold: 0 | 1): number {
    let position = minutes - this.from;
    for (const { from, to } of this.#twice) {
      if (to <= minutes || (fold === 1 && from <= minutes && minutes < to)) position += to - from;
    }
    return position;
  }

  #comesTwice(minutes: number, date: LocalDate): boolean {
    return (this.#changes.get(date)?.twice ?? []).some((each) => each.from <= minutes && minutes < each.to);
  }

  #within(position: number): number {
    return Math.min(Math.max(position, 0), this.length);
  }
}

type Change = { twice: Stretch[]; never: Stretch[] };

/** Which wall times of a day come twice, and which never. */
function changeOf(clock: Clock, date: LocalDate): Change {
  const change: Change = { twice: [], never: [] };
  const length = clock.lengthOfDay(date);
  if (length === DAY_MINUTES) return change;
  const start = clock.startOfDay(date).getTime();
  let expected = 0;
  for (let passed = 0; passed < length; passed += STEP) {
    const { minutes } = clock.wallOf(new Date(start + passed * 60_000));
    if (minutes > expected) change.never.push({ from: expected, to: minutes });
    if (minutes < expected) change.twice.push({ from: minutes, to: expected });
    expected = minutes + STEP;
  }
  return change;
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
