/*
 * Every date and time of the front end, always by the clinic's clock.
 *
 * A moment is a Date or the ISO 8601 string that the API gives; a LocalDate is the clinic's calendar day as
 * "2026-11-23"; a wall time is minutes after midnight as the clock on the wall shows them. Where the clock goes
 * back, a wall time comes twice: `fold` 0 is the first, 1 the second, as in Python.
 */
import { locale } from "$texts";

export type LocalDate = string;
export type Moment = Date | string;
export type WallTime = { date: LocalDate; minutes: number; fold: 0 | 1 };

const MINUTE = 60_000;
const DAY_MINUTES = 1440;

export class Clock {
  readonly timeZone: string;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();

  constructor(timeZone: string) {
    this.timeZone = timeZone;
  }

  /** 09:30 */
  time = (at: Moment): string => this.#format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  /** 09:30 GMT: for the two hours a year that come twice. */
  timeWithZone = (at: Moment): string =>
    this.#format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" });
  /** Monday 23 November */
  day = (at: Moment): string => this.#format(at, { weekday: "long", day: "numeric", month: "long" });
  /** Mon 23 Nov */
  shortDay = (at: Moment): string => this.#format(at, { weekday: "short", day: "numeric", month: "short" });
  /** Monday 23 November 2026 at 09:30 */
  dayAndTime = (at: Moment): string => `${this.#format(at, FULL_DAY)}, ${this.time(at)}`;
  /** 23 November 2026 */
  date = (at: Moment): string => this.#format(at, { day: "numeric", month: "long", year: "numeric" });

  dateOf = (at: Moment): LocalDate => this.wallOf(at).date;
  today = (now: Date = new Date()): LocalDate => this.dateOf(now);

  wallOf(at: Moment): WallTime {
    const moment = asDate(at);
    const date = new Date(moment.getTime() + this.#offset(moment) * MINUTE);
    const minutes = date.getUTCHours() * 60 + date.getUTCMinutes();
    const localDate = isoDay(date);
    const first = this.instantOf(localDate, minutes);
    return { date: localDate, minutes, fold: first && first.getTime() < startOfMinute(moment) ? 1 : 0 };
  }

  /** The moment of a wall time; null for the times that are left out when the clock goes forward. */
  instantOf(date: LocalDate, minutes: number, fold: 0 | 1 = 0): Date | null {
    const asUtc = noonUtc(date).getTime() - 720 * MINUTE + minutes * MINUTE;
    // The offsets in force around it: a zone changes its clock at most once within a day.
    const offsets = [
      this.#offset(new Date(asUtc - DAY_MINUTES * MINUTE)),
      this.#offset(new Date(asUtc + DAY_MINUTES * MINUTE)),
    ];
    const moments = [...new Set(offsets)]
      .map((offset) => new Date(asUtc - offset * MINUTE))
      .filter((moment) => moment.getTime() + this.#offset(moment) * MINUTE === asUtc)
      .sort((a, b) => a.getTime() - b.getTime());
    return moments[Math.min(fold, moments.length - 1)] ?? null;
  }

  /** When the day begins; in zones that change at midnight that may be later than 00:00. */
  startOfDay(date: LocalDate): Date {
    for (let minutes = 0; minutes < DAY_MINUTES; minutes += 15) {
      const moment = this.instantOf(date, minutes);
      if (moment) return moment;
    }
    throw new RangeError(`${date} does not exist in ${this.timeZone}.`);
  }

  /** How long the day is, in minutes: 1440 but on the two days on which the clock changes. */
  lengthOfDay(date: LocalDate): number {
    return (this.startOfDay(plusDays(date, 1)).getTime() - this.startOfDay(date).getTime()) / MINUTE;
  }

  /** Whether a clock of the other zone shows another time at that moment. */
  differsFrom(timeZone: string, at: Moment): boolean {
    return new Clock(timeZone).#offset(asDate(at)) !== this.#offset(asDate(at));
  }

  #offset(moment: Date): number {
    const parts = this.#formatter({ ...NUMBERS, hourCycle: "h23" }).formatToParts(moment);
    const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
    const asUtc = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return Math.round((asUtc - Math.floor(moment.getTime() / 1000) * 1000) / MINUTE);
  }

  #format(at: Moment, options: Intl.DateTimeFormatOptions): string {
    return this.#formatter(options).format(asDate(at)).replaceAll(",", "");
  }

  #formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
    const key = Object.entries(options).join();
    const known = this.#formats.get(key);
    if (known) return known;
    const made = new Intl.DateTimeFormat(locale, { timeZone: this.timeZone, ...options });
    this.#formats.set(key, made);
    return made;
  }
}

const FULL_DAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const NUMBERS: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
  numberingSystem: "latn",
  calendar: "gregory",
};

/** The zone of the person who looks. */
export function visitorZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// Calendar days need no zone: they are counted in UTC, where every day has 24 hours.

export function plusDays(date: LocalDate, days: number): LocalDate {
  return isoDay(new Date(noonUtc(date).getTime() + days * DAY_MINUTES * MINUTE));
}

/** Monday is 0. */
export function weekdayOf(date: LocalDate): number {
  return (noonUtc(date).getUTCDay() + 6) % 7;
}

export function mondayOf(date: LocalDate): LocalDate {
  return plusDays(date, -weekdayOf(date));
}

export function firstOfMonth(date: LocalDate): LocalDate {
  return `${date.slice(0, 7)}-01`;
}

/** The same day some months on, or the last one there is. */
export function plusMonths(date: LocalDate, months: number): LocalDate {
  const from = noonUtc(date);
  const target = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0, 12));
  target.setUTCDate(Math.min(from.getUTCDate(), target.getUTCDate()));
  return isoDay(target);
}

/** A day of the calendar that a clinic may have to do with: whoever types 2026 has typed 0002 on the way. */
export function isLocalDate(text: string): boolean {
  return /^(19|20|21)\d{2}-\d{2}-\d{2}$/.test(text) && isoDay(noonUtc(text)) === text;
}

/** Words for a calendar day: "Monday 23 November" unless other parts are asked for. */
export function dayName(
  date: LocalDate,
  options: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" },
): string {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(noonUtc(date)).replaceAll(",", "");
}

/** 570 -> "09:30" */
export function clockText(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** "09:30" -> 570 */
export function clockMinutes(text: string): number {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

export function minutesBetween(first: Moment, last: Moment): number {
  return (asDate(last).getTime() - asDate(first).getTime()) / MINUTE;
}

export function plusMinutes(at: Moment, minutes: number): Date {
  return new Date(asDate(at).getTime() + minutes * MINUTE);
}

function asDate(at: Moment): Date {
  return typeof at === "string" ? new Date(at) : at;
}

function noonUtc(date: LocalDate): Date {
  return new Date(`${date}T12:00:00Z`);
}

function isoDay(date: Date): LocalDate {
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 10);
}

function startOfMinute(moment: Date): number {
  return Math.floor(moment.getTime() / MINUTE) * MINUTE;
}
