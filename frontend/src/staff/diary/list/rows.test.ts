import { expect, test } from "vitest";

import type { Schema } from "$lib/api";
import { Clock } from "$lib/time";

import type { Appointment } from "../../appointments/steps";
import { daysOf, latest, type Visit } from "./rows";

const london = new Clock("Europe/London");
const nothing = { time_off: [], holds: [] } as unknown as Schema["Diary"];

function visit(id: number, starts_at: string, ends_at: string, version = 1): Visit {
  return { id, starts_at, ends_at, version, status: "booked", therapist: 1 } as unknown as Visit;
}

const keys = (day: { rows: { key: string }[] } | undefined) => day?.rows.map((row) => row.key);

test("a day's lines stand in order of time, by the clinic's clock", () => {
  const late = visit(1, "2026-07-01T23:30:00Z", "2026-07-02T00:30:00Z"); // half past midnight in London
  const early = visit(2, "2026-07-02T07:00:00Z", "2026-07-02T08:00:00Z");
  const diary = { ...nothing, holds: [{ id: 5, starts_at: "2026-07-02T06:00:00Z", ends_at: "2026-07-02T06:30:00Z" }] };

  const days = daysOf(diary as Schema["Diary"], [early, late], ["2026-07-01", "2026-07-02"], london);

  expect(days.map(keys)).toEqual([[], ["visit 1", "hold 5", "visit 2"]]);
});

test("time off of several days stands on each of them, and not on the one it ends before", () => {
  const off = [{ id: 7, starts_at: "2026-11-23T09:00:00Z", ends_at: "2026-11-25T00:00:00Z" }];
  const diary = { ...nothing, time_off: off } as unknown as Schema["Diary"];

  const days = daysOf(diary, [], ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"], london);

  expect(days.map(keys)).toEqual([[], ["off 7"], ["off 7"], []]);
});

test("our own change counts until the diary tells it, and no longer", () => {
  const shown = visit(1, "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z", 2);
  const change = { id: 1, version: 3, status: "arrived", therapist: { id: 1, name: "Tom" } } as unknown as Appointment;

  expect(latest(shown, change).status).toBe("arrived");
  expect(latest({ ...shown, version: 4 }, change).status).toBe("booked");
  expect(latest(shown, undefined)).toBe(shown);
});
