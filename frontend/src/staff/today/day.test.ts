import { expect, test } from "vitest";

import { type Appointment, greetingAt, isCalm, laterOnes, type Today } from "./day";

const appointment = (id: number, ends: string) => ({ id, ends_at: ends }) as Appointment;
const empty = { failed_messages: [], gaps: [] } as unknown as Today;

test("the greeting goes by the hour", () => {
  expect([greetingAt(0), greetingAt(719), greetingAt(720), greetingAt(1019), greetingAt(1020)]).toEqual([
    "Good morning",
    "Good morning",
    "Good afternoon",
    "Good afternoon",
    "Good evening",
  ]);
});

test("what is over and what is shown as next is not listed again", () => {
  const day = [
    appointment(1, "2026-11-23T09:00:00Z"),
    appointment(2, "2026-11-23T11:00:00Z"),
    appointment(3, "2026-11-23T15:00:00Z"),
  ];
  const [, next] = day;
  if (!next) throw new Error("There is a second one.");

  expect(laterOnes(day, [next], new Date("2026-11-23T10:00:00Z"))).toEqual([day[2]]);
});

test("a day is calm without work left, also for those who are not told of notes", () => {
  expect(isCalm(empty)).toBe(true);
  expect(isCalm({ ...empty, unwritten_count: 0, unsigned_count: 0 })).toBe(true);
  expect(isCalm({ ...empty, unsigned_count: 1 })).toBe(false);
  expect(isCalm({ ...empty, unwritten_count: 2 })).toBe(false);
});
