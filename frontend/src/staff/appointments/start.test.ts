import { expect, test } from "vitest";

import { Clock } from "$lib/time";

import { faultsOf, momentOf, startAt, type Start } from "./start";

const london = new Clock("Europe/London");
const start = (changes: Partial<Start> = {}): Start => ({ date: "2026-11-24", time: "09:30", fold: 0, ...changes });

test("a day and a time are a moment without faults", () => {
  expect(momentOf(start(), london)).toEqual(new Date("2026-11-24T09:30:00Z"));
  expect(faultsOf(start(), london)).toEqual({ date: "", starts_at: "" });
});

test.each([
  [{ time: "" }, { date: "", starts_at: "Choose or type a time." }],
  [{ date: "" }, { date: "Choose a day.", starts_at: "" }],
  [{ date: "0002-11-24" }, { date: "Choose a day.", starts_at: "" }],
  [
    { date: "2027-03-28", time: "01:30" },
    { date: "", starts_at: expect.stringContaining("does not exist") },
  ],
])("%j is no moment and has its fault told at its field", (changes, faults) => {
  expect(momentOf(start(changes), london)).toBeNull();
  expect(faultsOf(start(changes), london)).toEqual(faults);
});

test.each(["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"])("%s comes back as it was", (at) => {
  expect(startAt(at, london)).toMatchObject({ date: "2026-10-25", time: "01:30" });
  expect(momentOf(startAt(at, london), london)?.toISOString()).toBe(at);
});
