import { expect, test } from "vitest";

import { Refused } from "$lib/api";
import { Clock } from "$lib/time";

import { alternativesOf, canBeOverridden, whyNot } from "./refusal";

const clock = new Clock("Europe/London");
const slot = (time: string) => ({ startsAt: `2026-11-24T${time}:00Z`, endsAt: "", therapist: 1 });
const attempted = { standing: slot("07:00"), wanted: slot("08:45") };
const alternatives = ["07:00", "07:15", "07:45", "10:15"].map((time) => ({
  starts_at: `2026-11-24T${time}:00Z`,
  therapist: 1,
}));
const refused = (code: string, more: object = {}) => new Refused(409, { code, detail: "No.", ...more }, null);

test("the nearest free start comes first, and where it stands is none", () => {
  const starts = alternativesOf(refused("slot_taken", { alternatives }), attempted).map((each) => each.starts_at);
  expect(starts).toEqual(["2026-11-24T07:45:00Z", "2026-11-24T07:15:00Z", "2026-11-24T10:15:00Z"]);
});

test("taken time names whose it was to be and what is free", () => {
  const words = whyNot(refused("slot_taken", { alternatives }), "Ada", clock, attempted);
  expect(words).toContain("Ada cannot be moved there");
  expect(words).toContain("Tue 24 Nov 07:45");
});

test("bookings in the way are named", () => {
  const bookings = [{ client: "Bea", starts_at: "2026-11-24T10:00:00Z" }];
  expect(whyNot(refused("strands_bookings", { bookings }), "Time off", clock)).toContain("Bea Tue 24 Nov 10:00");
});

test("what is wrong with a field is said in the server's words", () => {
  const errors = { minutes: [{ code: "unknown_length", message: "The length stays as it was booked." }] };
  expect(whyNot(refused("invalid_input", { errors }), "Ada", clock)).toBe("The length stays as it was booked.");
});

test("only times outside the rules can be had with a reason", () => {
  expect(canBeOverridden(refused("slot_unavailable", { reason: "outside_hours" }))).toBe(true);
  expect(canBeOverridden(refused("slot_unavailable", { reason: "day_full" }))).toBe(false);
  expect(canBeOverridden(refused("slot_taken", { reason: "outside_hours" }))).toBe(false);
});
