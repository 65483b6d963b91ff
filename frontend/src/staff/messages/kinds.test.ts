import { expect, test } from "vitest";

import { kindName, kindsMet, USUAL_KINDS } from "./kinds";

test("reminders are named after their time before the appointment", () => {
  expect(kindName("reminder-24h")).toBe("Reminder, 24 hours before");
  expect(kindName("reminder-72h")).toBe("Reminder, 3 days before");
  expect(kindName("reminder-1h")).toBe("Reminder, 1 hour before");
});

test("a kind without a name is shown as it is", () => {
  expect(kindName("moved")).toBe("Appointment moved");
  expect(kindName("newsletter")).toBe("newsletter");
});

test("kinds that were met stand once each after the usual ones, reminders by their hours", () => {
  expect(kindsMet(["reminder-72h", "moved", "reminder-2h", "reminder-72h"])).toEqual([
    ...USUAL_KINDS,
    "reminder-2h",
    "reminder-72h",
  ]);
});
