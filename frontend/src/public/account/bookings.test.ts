import { expect, test } from "vitest";

import type { Schema } from "$lib/api";

import { splitBookings } from "./bookings";

const booking = (reference: string, startsAt: string, canCancel: boolean) =>
  ({ reference, starts_at: startsAt, can_cancel: canCancel }) as Schema["Booking"];

test("what is to come stands the next first, what is over the latest first, as the server gives it", () => {
  const { ahead, before } = splitBookings([
    booking("far", "2026-12-24T09:00:00+00:00", true),
    booking("called off", "2026-12-01T09:00:00+00:00", false),
    booking("next", "2026-11-30T23:30:00-05:00", true),
    booking("past", "2026-10-01T09:00:00+01:00", false),
  ]);

  expect(ahead.map((each) => each.reference)).toEqual(["next", "far"]);
  expect(before.map((each) => each.reference)).toEqual(["called off", "past"]);
});
