import { describe, expect, test } from "vitest";

import { Clock } from "$lib/time";

import { bestDay, bookablePart, byDayPart, type Day, stateOf, weeksOf } from "./calendar";

const london = new Clock("Europe/London");

function day(date: string, count: number, isOpen = true): Day {
  const slots = Array.from({ length: count }, (_, hour) => ({ starts_at: `${date}T1${hour}:00:00Z`, therapists: [1] }));
  return { date, is_open: isOpen, slots };
}

describe("weeks of a month", () => {
  test("begin on Mondays and hold the month's days once", () => {
    const weeks = weeksOf("2026-12-01");
    expect(weeks).toHaveLength(5);
    expect(weeks[0]).toEqual([
      null,
      "2026-12-01",
      "2026-12-02",
      "2026-12-03",
      "2026-12-04",
      "2026-12-05",
      "2026-12-06",
    ]);
    expect(weeks.flat().filter(Boolean)).toHaveLength(31);
  });

  test("may be four or six", () => {
    expect(weeksOf("2027-02-01")).toHaveLength(4);
    expect(weeksOf("2027-05-01")).toHaveLength(6);
  });
});

test("of a month only what can be booked is asked for", () => {
  const bookable = { first: "2026-11-23", last: "2027-01-18" };
  expect(bookablePart("2026-11-01", bookable)).toEqual({ first: "2026-11-23", last: "2026-11-30" });
  expect(bookablePart("2026-12-01", bookable)).toEqual({ first: "2026-12-01", last: "2026-12-31" });
  expect(bookablePart("2027-01-01", bookable)).toEqual({ first: "2027-01-01", last: "2027-01-18" });
  expect(bookablePart("2027-02-01", bookable)).toBeNull();
});

test("days without times are full, closed or not to be booked", () => {
  expect(stateOf(day("2026-11-24", 2))).toBe("free");
  expect(stateOf(day("2026-11-24", 0))).toBe("full");
  expect(stateOf(day("2026-11-24", 0, false))).toBe("closed");
  expect(stateOf(undefined)).toBe("outside");
});

test("the day wished for is shown, or the next free one, or the first", () => {
  const days = [day("2026-11-24", 1), day("2026-11-25", 0), day("2026-11-26", 3)];
  expect(bestDay(days, "2026-11-24")).toBe("2026-11-24");
  expect(bestDay(days, "2026-11-25")).toBe("2026-11-26");
  expect(bestDay(days, "2026-11-27")).toBe("2026-11-24");
  expect(bestDay([day("2026-11-25", 0)], "2026-11-25")).toBe("");
});

describe("times of a day", () => {
  const slot = (starts_at: string) => ({ starts_at, therapists: [1] });

  test("are grouped by the clinic's clock, empty parts left out", () => {
    const parts = byDayPart(["2026-07-01T10:45:00Z", "2026-07-01T11:00:00Z", "2026-07-01T16:00:00Z"].map(slot), london);
    expect(parts.map(({ part, times }) => [part, times.map(({ label }) => label)])).toEqual([
      ["morning", ["11:45"]],
      ["afternoon", ["12:00"]],
      ["evening", ["17:00"]],
    ]);
  });

  test("that come twice when the clock goes back bear their zone", () => {
    const parts = byDayPart(["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"].map(slot), london);
    expect(parts[0]?.times.map(({ label }) => label)).toEqual(["01:30 BST", "01:30 GMT", "02:30"]);
  });
});
