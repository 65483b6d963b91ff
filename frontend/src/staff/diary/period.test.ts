import { expect, test } from "vitest";

import { datesOf, periodName, readPeriod, step } from "./period";

const read = (query: string) => readPeriod(new URLSearchParams(query), "2026-11-23");

test("an address says which days to show", () => {
  expect(read("date=2026-10-25&view=week&therapist=3")).toEqual({ date: "2026-10-25", view: "week", therapist: 3 });
});

test.each(["", "date=2026-02-30", "date=tomorrow&view=year&therapist=x", "therapist=-1"])(
  "what makes no sense in %o is today, the day, everybody",
  (query) => {
    expect(read(query)).toEqual({ date: "2026-11-23", view: "day", therapist: undefined });
  },
);

test("a week goes from Monday to Sunday, whichever of its days is asked for", () => {
  expect(datesOf({ view: "week", date: "2026-10-25" })).toEqual([
    "2026-10-19",
    "2026-10-20",
    "2026-10-21",
    "2026-10-22",
    "2026-10-23",
    "2026-10-24",
    "2026-10-25",
  ]);
  expect(datesOf({ view: "list", date: "2026-10-25" })).toEqual(["2026-10-25"]);
});

test("the arrows go by what is shown", () => {
  expect(step({ view: "day", date: "2026-10-25" }, 1)).toBe("2026-10-26");
  expect(step({ view: "week", date: "2026-10-25" }, -1)).toBe("2026-10-18");
});

test.each([
  [["2026-11-23"], "Monday 23 November 2026"],
  [["2026-11-23", "2026-11-29"], "23 – 29 November 2026"],
  [["2026-11-30", "2026-12-06"], "30 November – 6 December 2026"],
  [["2026-12-28", "2027-01-03"], "28 December 2026 – 3 January 2027"],
])("%j reads %s", (dates, words) => {
  expect(periodName(dates)).toBe(words);
});
