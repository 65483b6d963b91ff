import { describe, expect, test } from "vitest";

import {
  Clock,
  clockMinutes,
  clockText,
  firstOfMonth,
  isLocalDate,
  mondayOf,
  plusDays,
  plusMonths,
  weekdayOf,
} from "./time";

const london = new Clock("Europe/London");
const lordHowe = new Clock("Australia/Lord_Howe"); // changes by half an hour

describe("wall times and moments", () => {
  test.each([
    ["2026-11-23", 570, "2026-11-23T09:30:00.000Z"],
    ["2026-07-01", 570, "2026-07-01T08:30:00.000Z"],
    ["2026-10-25", 0, "2026-10-24T23:00:00.000Z"],
    ["2026-10-25", 120, "2026-10-25T02:00:00.000Z"],
    ["2027-03-28", 120, "2027-03-28T01:00:00.000Z"],
  ])("%s at minute %i is %s", (date, minutes, moment) => {
    expect(london.instantOf(date, minutes)?.toISOString()).toBe(moment);
    expect(london.wallOf(moment)).toEqual({ date, minutes, fold: 0 });
  });

  test("a time that comes twice has two moments, and each knows which it is", () => {
    expect(london.instantOf("2026-10-25", 90, 0)?.toISOString()).toBe("2026-10-25T00:30:00.000Z");
    expect(london.instantOf("2026-10-25", 90, 1)?.toISOString()).toBe("2026-10-25T01:30:00.000Z");
    expect(london.wallOf("2026-10-25T00:30:00Z").fold).toBe(0);
    expect(london.wallOf("2026-10-25T01:30:00Z").fold).toBe(1);
    expect(london.timeWithZone("2026-10-25T00:30:00Z")).not.toBe(london.timeWithZone("2026-10-25T01:30:00Z"));
  });

  test("a time that is left out has no moment", () => {
    expect(london.instantOf("2027-03-28", 90)).toBeNull();
    expect(lordHowe.instantOf("2026-10-04", 135)).toBeNull();
  });

  test("days are as long as they are", () => {
    expect(london.lengthOfDay("2026-11-23")).toBe(1440);
    expect(london.lengthOfDay("2026-10-25")).toBe(1500);
    expect(london.lengthOfDay("2027-03-28")).toBe(1380);
    expect(lordHowe.lengthOfDay("2026-10-04")).toBe(1410);
  });

  test("every quarter of an hour of two years goes there and back", () => {
    for (const clock of [london, lordHowe, new Clock("America/New_York"), new Clock("Asia/Kathmandu")]) {
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2028, 0, 1); at += 37 * 15 * 60_000) {
        const wall = clock.wallOf(new Date(at));
        expect(clock.instantOf(wall.date, wall.minutes, wall.fold)?.getTime()).toBe(at);
      }
    }
  });

  test("another zone differs only where its clock shows another time", () => {
    expect(london.differsFrom("Africa/Abidjan", "2026-11-23T12:00:00Z")).toBe(false);
    expect(london.differsFrom("Africa/Abidjan", "2026-07-23T12:00:00Z")).toBe(true);
  });
});

describe("calendar days", () => {
  test("are counted over months, years and clock changes", () => {
    expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(plusDays("2026-10-25", 1)).toBe("2026-10-26");
    expect(plusMonths("2027-01-31", 1)).toBe("2027-02-28");
    expect(plusMonths("2026-11-23", -11)).toBe("2025-12-23");
  });

  test("know their week and their month", () => {
    expect(weekdayOf("2026-11-23")).toBe(0);
    expect(mondayOf("2026-11-29")).toBe("2026-11-23");
    expect(firstOfMonth("2026-11-23")).toBe("2026-11-01");
  });

  test.each(["2026-02-30", "2026-1-1", "tomorrow", "", "0002-11-23", "0202-11-23", "9999-12-31"])(
    "%s is none",
    (text) => {
      expect(isLocalDate(text)).toBe(false);
    },
  );
});

test("clock texts go there and back", () => {
  expect(clockText(570)).toBe("09:30");
  expect(clockMinutes("09:30")).toBe(570);
});

test("words for people", () => {
  expect(london.time("2026-07-01T08:30:00Z")).toBe("09:30");
  expect(london.day("2026-11-23T12:00:00Z")).toBe("Monday 23 November");
  expect(london.dayAndTime("2026-11-23T12:00:00Z")).toBe("Monday 23 November 2026, 12:00");
});
