import { describe, expect, test } from "vitest";

import { Clock, clockText, plusDays } from "$lib/time";

import { Axis } from "./axis";

const london = new Clock("Europe/London");
const lordHowe = new Clock("Australia/Lord_Howe"); // changes by half an hour
const WHOLE_DAY = { from: 0, to: 1440 };
const OPEN_HOURS = { from: 7 * 60, to: 20 * 60 };

const weekOf = (monday: string) => Array.from({ length: 7 }, (_, day) => plusDays(monday, day));
const rows = (axis: Axis) => axis.marks(60).map((mark) => `${clockText(mark.minutes)}${mark.fold ? " again" : ""}`);

describe("a week in which London's clock goes back", () => {
  const axis = new Axis(london, weekOf("2026-10-19"), WHOLE_DAY);

  test("has a second row for the hour that comes twice", () => {
    expect(rows(axis).slice(0, 5)).toEqual(["00:00", "01:00", "01:00 again", "02:00", "03:00"]);
    expect(axis.length).toBe(25 * 60);
  });

  test("keeps both of them apart on the day itself", () => {
    expect(axis.positionOf("2026-10-25T00:30:00Z", "2026-10-25")).toBe(90); // 01:30 BST
    expect(axis.positionOf("2026-10-25T01:30:00Z", "2026-10-25")).toBe(150); // 01:30 GMT
    expect(axis.gapsOf("2026-10-25")).toEqual([]);
  });

  test("has a gap there on the other days", () => {
    expect(axis.gapsOf("2026-10-24")).toEqual([{ from: 120, to: 180 }]);
    expect(axis.momentAt(150, "2026-10-24")).toBeNull();
    expect(axis.positionOf("2026-10-24T00:30:00Z", "2026-10-24")).toBe(90); // 01:30 BST
    expect(axis.endPositionOf("2026-10-24T01:00:00Z", "2026-10-24")).toBe(120); // before the gap, not behind it
    expect(axis.positionOf("2026-10-24T01:00:00Z", "2026-10-24")).toBe(180);
  });

  test("has 09:30 on one line", () => {
    expect(axis.positionOf("2026-10-24T08:30:00Z", "2026-10-24")).toBe(630);
    expect(axis.positionOf("2026-10-25T09:30:00Z", "2026-10-25")).toBe(630);
  });

  test("ends the first of the two hours where the second begins", () => {
    expect(axis.endPositionOf("2026-10-25T01:00:00Z", "2026-10-25")).toBe(120);
    expect(axis.positionOf("2026-10-25T01:00:00Z", "2026-10-25")).toBe(120);
  });
});

describe("a week in which London's clock goes forward", () => {
  const axis = new Axis(london, weekOf("2027-03-22"), WHOLE_DAY);

  test("has a gap for the hour that is left out", () => {
    expect(rows(axis)).toHaveLength(24);
    expect(axis.gapsOf("2027-03-28")).toEqual([{ from: 60, to: 120 }]);
    expect(axis.gapsOf("2027-03-27")).toEqual([]);
    expect(axis.momentAt(90, "2027-03-28")).toBeNull();
    expect(axis.momentAt(90, "2027-03-27")?.toISOString()).toBe("2027-03-27T01:30:00.000Z");
  });

  test("has 09:30 on one line", () => {
    expect(axis.positionOf("2027-03-27T09:30:00Z", "2027-03-27")).toBe(570);
    expect(axis.positionOf("2027-03-28T08:30:00Z", "2027-03-28")).toBe(570);
  });
});

describe("a zone that changes by half an hour", () => {
  test("has two rows for the half hour that comes twice", () => {
    const axis = new Axis(lordHowe, weekOf("2027-03-29"), WHOLE_DAY);
    expect(axis.length).toBe(1440 + 30);
    expect(axis.gapsOf("2027-04-03")).toEqual([{ from: 120, to: 150 }]);
    expect(axis.positionOf("2027-04-03T14:45:00Z", "2027-04-04")).toBe(105); // 01:45, clocks at +11
    expect(axis.positionOf("2027-04-03T15:15:00Z", "2027-04-04")).toBe(135); // 01:45 again, at +10:30
  });

  test("has a gap of half an hour in October", () => {
    const axis = new Axis(lordHowe, weekOf("2026-09-28"), WHOLE_DAY);
    expect(axis.gapsOf("2026-10-04")).toEqual([{ from: 120, to: 150 }]);
  });

  test("knows nothing of London's days", () => {
    for (const date of ["2026-10-25", "2027-03-28", "2027-10-31"]) {
      const axis = new Axis(lordHowe, [date], WHOLE_DAY);
      expect(axis.length).toBe(1440);
      expect(axis.gapsOf(date)).toEqual([]);
    }
  });
});

test.each([
  [london, "2026-10-25", 1500],
  [london, "2027-03-28", 1380],
  [london, "2027-10-31", 1500],
  [lordHowe, "2026-10-25", 1440],
  [lordHowe, "2027-04-04", 1470],
  [lordHowe, "2026-10-04", 1410],
])("every quarter of an hour goes to a position of its own and back (%#)", (clock, date, length) => {
  const axis = new Axis(clock, weekOf(plusDays(date, -6)), WHOLE_DAY);
  const start = clock.startOfDay(date).getTime();
  let before = -1;
  for (let passed = 0; passed < length; passed += 15) {
    const at = new Date(start + passed * 60_000);
    const position = axis.positionOf(at, date);
    expect(position).toBeGreaterThan(before);
    expect(axis.momentAt(position, date)).toEqual(at);
    before = position;
  }
});

describe("what is visible", () => {
  test("leaves hours of the night out, changes of the clock with them", () => {
    const axis = new Axis(london, weekOf("2026-10-19"), OPEN_HOURS);
    expect(axis.length).toBe(13 * 60);
    expect(axis.positionOf("2026-10-25T07:00:00Z", "2026-10-25")).toBe(0);
  });

  test("takes in the whole of what comes twice once a part of it is needed", () => {
    const axis = new Axis(london, ["2027-10-31"], { from: 90, to: 1200 });
    expect(rows(axis).slice(0, 3)).toEqual(["01:00", "01:00 again", "02:00"]);
  });

  test("cuts what begins or ends on other days at the edge", () => {
    const axis = new Axis(london, ["2026-11-23"], OPEN_HOURS);
    expect(axis.positionOf("2026-11-22T12:00:00Z", "2026-11-23")).toBe(0);
    expect(axis.endPositionOf("2026-11-24T00:00:00Z", "2026-11-23")).toBe(13 * 60);
    expect(axis.endPositionOf("2026-11-25T12:00:00Z", "2026-11-23")).toBe(13 * 60);
  });
});
