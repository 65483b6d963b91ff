// Which days the diary shows, as its address tells it: ?date=2026-11-23&view=week&therapist=1. Pure.
import { dayName, isLocalDate, type LocalDate, mondayOf, plusDays } from "$lib/time";

export const VIEWS = ["day", "week", "list"] as const;
export type View = (typeof VIEWS)[number];
export type Period = { view: View; date: LocalDate; therapist: number | undefined };

/** What is missing or makes no sense in an address is taken from the present day. */
export function readPeriod(query: URLSearchParams, today: LocalDate): Period {
  const date = query.get("date") ?? "";
  const view = VIEWS.find((each) => each === query.get("view")) ?? "day";
  const therapist = Number(query.get("therapist"));
  return {
    view,
    date: isLocalDate(date) ? date : today,
    therapist: Number.isInteger(therapist) && therapist > 0 ? therapist : undefined,
  };
}

export function datesOf({ view, date }: Pick<Period, "view" | "date">): LocalDate[] {
  if (view !== "week") return [date];
  const monday = mondayOf(date);
  return Array.from({ length: 7 }, (_, day) => plusDays(monday, day));
}

/** The day that the arrows go to. */
export function step({ view, date }: Pick<Period, "view" | "date">, by: 1 | -1): LocalDate {
  return plusDays(date, view === "week" ? 7 * by : by);
}

/** "Monday 23 November 2026", or "23 November – 29 November 2026" for a week. */
export function periodName(dates: readonly LocalDate[]): string {
  const [first = "", last = first] = [dates[0], dates.at(-1)];
  const whole = { day: "numeric", month: "long", year: "numeric" } as const;
  if (first === last) return dayName(first, { weekday: "long", ...whole });
  const isOneYear = first.slice(0, 4) === last.slice(0, 4);
  const isOneMonth = first.slice(0, 7) === last.slice(0, 7);
  const start = isOneMonth
    ? { day: "numeric" as const }
    : isOneYear
      ? ({ day: "numeric", month: "long" } as const)
      : whole;
  return `${dayName(first, start)} – ${dayName(last, whole)}`;
}
