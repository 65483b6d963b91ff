import { expect, test } from "vitest";

import { Clock } from "$lib/time";

import { wordsOfEvent } from "./history";

const known = { clock: new Clock("Europe/London"), currency: "GBP", therapists: [{ id: 3, name: "Tom" }] };
const event = {
  version: 2,
  action: "reschedule",
  occurred_at: "2026-07-01T08:00:00Z",
  actor: "Rae",
  status_before: "booked",
  status_after: "booked",
  reason: "",
};

test("a move tells the times by the clinic's clock", () => {
  const changes = { starts_at: ["2026-07-01T08:30:00+00:00", "2026-11-23T09:00:00+00:00"] };
  expect(wordsOfEvent({ ...event, changes }, known)).toEqual({
    what: "Moved",
    details: ["From Wed 1 Jul 09:30 to Mon 23 Nov 09:00"],
  });
});

test("people, lengths and money are named", () => {
  const changes = {
    therapist: ["9", "3"],
    minutes: ["45", "60"],
    price: ["40.00", "55.50"],
    fee_due: ["0.00", "20.00"],
  };
  expect(wordsOfEvent({ ...event, changes }, known).details).toEqual([
    "From someone else to Tom",
    "From 45 to 60 minutes",
    "Price from £40 to £55.50",
    "Fee: £20",
  ]);
});

test("what is new to this page is told by its name, not hidden", () => {
  expect(wordsOfEvent({ ...event, action: "teleport", changes: {} }, known).what).toBe("teleport");
});
