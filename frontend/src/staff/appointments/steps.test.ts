import { describe, expect, test, vi } from "vitest";

import { Clock } from "$lib/time";

import { labelOf, type Steppable, stepsFor } from "./steps";

vi.mock("../toasts.svelte", () => ({ toast: vi.fn() }));

const clock = new Clock("Europe/London");
const booked: Steppable = {
  id: 1,
  version: 1,
  status: "booked",
  next_statuses: ["arrived", "cancelled", "checked-in", "entered-in-error", "fulfilled", "noshow"],
  starts_at: "2026-11-23T10:00:00Z",
  client: { name: "Ada" },
};

describe("the steps of a booked appointment", () => {
  test.each([
    ["the day before", "2026-11-22T23:59:00Z", []],
    ["on its day", "2026-11-23T08:00:00Z", ["arrive", "check-in", "fulfil"]],
    ["once it began", "2026-11-23T10:00:00Z", ["arrive", "check-in", "fulfil", "no-show"]],
    ["the day after", "2026-11-24T08:00:00Z", ["arrive", "check-in", "fulfil", "no-show"]],
  ])("%s", (_, now, steps) => {
    expect(stepsFor(booked, { now: new Date(now), clock })).toEqual(steps);
  });
});

test("only what the server allows is offered", () => {
  const done: Steppable = { ...booked, status: "fulfilled", next_statuses: ["entered-in-error"] };
  expect(stepsFor(done, { now: new Date("2026-11-23T12:00:00Z"), clock })).toEqual([]);
});

test("the day is the clinic's, not the server's", () => {
  const early: Steppable = { ...booked, starts_at: "2026-07-01T23:30:00Z" }; // the 2nd of July in London
  expect(stepsFor(early, { now: new Date("2026-07-01T22:30:00Z"), clock })).toEqual([]);
  expect(stepsFor(early, { now: new Date("2026-07-01T23:10:00Z"), clock })).not.toEqual([]);
});

test("after a no-show the way back has a name of its own", () => {
  expect(labelOf("arrive", "noshow")).not.toBe(labelOf("arrive", "booked"));
});
