import { expect, test } from "vitest";

import { Clock } from "$lib/time";

import { momentsOf, type Span, spanOf, spanWords } from "./span";

const london = new Clock("Europe/London");
const span = (changes: Partial<Span> = {}): Span => ({
  isWholeDays: true,
  from: "2026-10-24",
  fromTime: "09:00",
  fromFold: 0,
  until: "2026-10-25",
  untilTime: "17:00",
  untilFold: 0,
  ...changes,
});

test("whole days last to the end of the last one, also where the clock changes", () => {
  expect(momentsOf(span(), london)).toEqual({
    starts_at: "2026-10-23T23:00:00.000Z",
    ends_at: "2026-10-26T00:00:00.000Z",
  });
});

test("times are those of the clinic's clock", () => {
  expect(momentsOf(span({ isWholeDays: false }), london)).toEqual({
    starts_at: "2026-10-24T08:00:00.000Z",
    ends_at: "2026-10-25T17:00:00.000Z",
  });
});

test("what is missing is told for its own field", () => {
  expect(momentsOf(span({ from: "" }), london)).toEqual({ errors: { starts_at: "Please choose a day." } });
  expect(momentsOf(span({ isWholeDays: false, untilTime: "" }), london)).toEqual({
    errors: { ends_at: "Please give a time." },
  });
});

test("a time that the clock leaves out is told, not moved", () => {
  const spring = span({ isWholeDays: false, from: "2027-03-28", until: "2027-03-28", fromTime: "01:30" });
  expect(momentsOf(spring, london)).toEqual({
    errors: { starts_at: "That time doesn’t exist on that day, because the clocks go forward." },
  });
});

test("of two equal times, either can be meant", () => {
  const typed = span({ isWholeDays: false, from: "2026-10-25", fromTime: "01:30", untilTime: "01:30", untilFold: 1 });
  const moments = { starts_at: "2026-10-25T00:30:00.000Z", ends_at: "2026-10-25T01:30:00.000Z" };
  expect(momentsOf(typed, london)).toEqual(moments);
  expect(spanOf(moments, london)).toEqual(typed);
  expect(spanWords(moments, london)).toBe("Sun 25 Oct 2026, 01:30 BST to 01:30 GMT");
});

test("time off that is there comes back as it was typed", () => {
  for (const typed of [span(), span({ isWholeDays: false })]) {
    const moments = momentsOf(typed, london);
    if ("errors" in moments) throw new Error("These can be read.");
    expect(spanOf(moments, london)).toEqual(typed);
  }
});
