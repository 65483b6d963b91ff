import { describe, expect, test } from "vitest";

import type { Schema } from "$lib/api";
import { Clock } from "$lib/time";

import { Axis } from "./axis";
import { columnsOf, layColumn, shownHours, sideBySide } from "./layout";

const clock = new Clock("Europe/London");
const tom = { id: 1, slug: "tom", name: "Tom", is_bookable: true };
const una = { id: 2, slug: "una", name: "Una", is_bookable: true };
const DAY = "2026-11-23";

function diary(parts: Partial<Schema["Diary"]> = {}): Schema["Diary"] {
  return {
    time_zone: "Europe/London",
    from: DAY,
    to: DAY,
    bank_holidays: [],
    therapists: [tom, una],
    working_hours: [],
    appointments: [],
    holds: [],
    time_off: [],
    ...parts,
  };
}

function appointment(starts: string, ends: string, more: Partial<Schema["DiaryAppointment"]> = {}) {
  return {
    id: 1,
    reference: "ABC",
    therapist: 1,
    location: 1,
    room: null,
    client: { id: 1, name: "Ada Example", alert_line: "" },
    treatment: { slug: "calf-release", name: "Calf release" },
    minutes: 60,
    starts_at: starts,
    ends_at: ends,
    buffer_before_minutes: 0,
    buffer_after_minutes: 15,
    status: "booked",
    version: 1,
    is_first_visit: false,
    source: "online",
    ...more,
  } as Schema["DiaryAppointment"];
}

const timeOff = (starts_at: string, ends_at: string): Schema["DiaryTimeOff"] => ({
  id: 1,
  therapist: 1,
  room: null,
  starts_at,
  ends_at,
  reason: "",
});

test("columns go by day, then by therapist", () => {
  const keys = columnsOf(["2026-11-23", "2026-11-24"], [tom, una]).map((column) => column.key);
  expect(keys).toEqual(["2026-11-23 1", "2026-11-23 2", "2026-11-24 1", "2026-11-24 2"]);
});

describe("the hours that are shown", () => {
  const shown = (parts: Partial<Schema["Diary"]>) => shownHours(diary(parts), [DAY], clock);

  test("are 07:00 to 20:00 where nothing asks for more", () => {
    expect(shown({})).toEqual({ from: 420, to: 1200 });
  });

  test("reach out to what begins earlier or ends later, by whole hours", () => {
    const rows = [
      appointment(`${DAY}T05:30:00Z`, `${DAY}T06:30:00Z`),
      appointment(`${DAY}T19:30:00Z`, `${DAY}T20:15:00Z`),
    ];
    expect(shown({ appointments: rows })).toEqual({ from: 300, to: 1260 });
  });

  test("do not grow by whole days off", () => {
    expect(shown({ time_off: [timeOff(`${DAY}T00:00:00Z`, "2026-11-24T00:00:00Z")] })).toEqual({ from: 420, to: 1200 });
    expect(shown({ time_off: [timeOff(`${DAY}T05:00:00Z`, `${DAY}T06:00:00Z`)] })).toEqual({ from: 300, to: 1200 });
  });
});

describe("a column", () => {
  const axis = new Axis(clock, [DAY], { from: 420, to: 1200 });
  const [first, second] = columnsOf([DAY], [tom, una]);
  if (!first || !second) throw new Error("There are two columns.");

  test("has what belongs to its therapist, with the buffers", () => {
    const shown = diary({ appointments: [appointment(`${DAY}T09:00:00Z`, `${DAY}T10:00:00Z`)] });
    expect(layColumn(first, shown, axis).blocks).toMatchObject([
      { top: 120, bottom: 180, before: 0, after: 15, lanes: 1 },
    ]);
    expect(layColumn(second, shown, axis).blocks).toEqual([]);
  });

  test("cuts days off to the hours shown", () => {
    const shown = diary({ time_off: [timeOff("2026-11-20T00:00:00Z", "2026-12-01T00:00:00Z")] });
    expect(layColumn(first, shown, axis).blocks).toMatchObject([{ top: 0, bottom: 780 }]);
  });
});

test("blocks share the width only with those they meet", () => {
  const at = (top: number, bottom: number) => ({ top, bottom, lane: 0, lanes: 1 });
  const laid = sideBySide([at(60, 120), at(0, 90), at(90, 150), at(150, 200)]);
  expect(laid).toEqual([
    { top: 0, bottom: 90, lane: 0, lanes: 2 },
    { top: 60, bottom: 120, lane: 1, lanes: 2 },
    { top: 90, bottom: 150, lane: 0, lanes: 2 },
    { top: 150, bottom: 200, lane: 0, lanes: 1 },
  ]);
});
