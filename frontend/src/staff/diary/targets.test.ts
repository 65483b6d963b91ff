import { describe, expect, test } from "vitest";

import { Clock } from "$lib/time";

import { Axis } from "./axis";
import type { Column } from "./layout";
import { between, stretchedTo, targetAt } from "./targets";

const clock = new Clock("Europe/London");
const columnOf = (date: string): Column => ({
  key: `${date} 1`,
  date,
  therapist: { id: 1, slug: "tom", name: "Tom", is_bookable: true },
});
const place = (date = "2026-11-23", shown = { from: 420, to: 1200 }) => ({
  column: columnOf(date),
  axis: new Axis(clock, [date], shown),
  grid: 15,
});

describe("what is moved", () => {
  test("begins on the nearest line of the grid and keeps its length", () => {
    expect(targetAt(127, 60, place())).toMatchObject({
      startsAt: new Date("2026-11-23T09:00:00Z"),
      endsAt: new Date("2026-11-23T10:00:00Z"),
      top: 120,
      bottom: 180,
    });
  });

  test("stays within what is shown", () => {
    expect(targetAt(-100, 60, place())?.startsAt).toEqual(new Date("2026-11-23T07:00:00Z"));
    expect(targetAt(5000, 60, place())?.startsAt).toEqual(new Date("2026-11-23T19:45:00Z"));
  });

  test("finds no place in an hour that is left out", () => {
    expect(targetAt(90, 60, place("2027-03-28", { from: 0, to: 1440 }))).toBeNull();
  });

  test("is as long as it is across an hour that is left out", () => {
    const target = targetAt(30, 60, place("2027-03-28", { from: 0, to: 1440 }));
    expect(target).toMatchObject({ endsAt: new Date("2027-03-28T01:30:00Z"), top: 30, bottom: 150 });
  });

  test("keeps to a grid that counts from midnight", () => {
    expect(targetAt(0, 60, { ...place(), grid: 40 })?.startsAt).toEqual(new Date("2026-11-23T07:20:00Z"));
  });
});

describe("what is stretched", () => {
  const startsAt = new Date("2026-11-23T09:00:00Z");

  test("takes the nearest of the lengths on offer", () => {
    const lengths = [30, 60, 90];
    expect(stretchedTo(200, startsAt, { ...place(), lengths })?.endsAt).toEqual(new Date("2026-11-23T10:30:00Z"));
    expect(stretchedTo(100, startsAt, { ...place(), lengths })?.endsAt).toEqual(new Date("2026-11-23T09:30:00Z"));
  });

  test("else the nearest line, and at least one cell", () => {
    expect(stretchedTo(172, startsAt, { ...place(), lengths: undefined })?.bottom).toBe(165);
    expect(stretchedTo(0, startsAt, { ...place(), lengths: undefined })?.bottom).toBe(135);
    expect(stretchedTo(9000, startsAt, { ...place(), lengths: undefined })?.endsAt).toEqual(
      new Date("2026-11-23T20:00:00Z"),
    );
  });
});

test("drawing up or down takes in every cell that was touched", () => {
  const expected = { startsAt: new Date("2026-11-23T09:00:00Z"), endsAt: new Date("2026-11-23T10:00:00Z") };
  expect(between(125, 170, place())).toMatchObject(expected);
  expect(between(170, 125, place())).toMatchObject(expected);
});
