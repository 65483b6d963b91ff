import { expect, test } from "vitest";

import { asSent, changesBetween, nextStretch, type Row, stretchesOf } from "./week";

const row = (id: number, weekday: number, starts: string, ends: string): Row => ({
  id,
  therapist: 1,
  location: 7,
  weekday,
  starts,
  ends,
  valid_from: null,
  valid_until: null,
});
const ROWS = [row(1, 0, "09:00", "13:00"), row(2, 0, "14:00", "18:00"), row(3, 2, "10:00", "00:00")];

test("a week that was not touched has no changes", () => {
  expect(changesBetween(ROWS, stretchesOf(ROWS))).toEqual({ changed: [], removed: [] });
});

test("only what was changed, added or taken out is told", () => {
  const [first, , third] = stretchesOf(ROWS);
  if (!first || !third) throw new Error("The week has three stretches.");
  const later = { ...first, starts: "08:00" };
  const added = nextStretch([later, third], 4, 7);

  expect(changesBetween(ROWS, [later, third, added])).toEqual({ changed: [later, added], removed: [2] });
});

test("dates that were left out are sent as none", () => {
  const [first] = stretchesOf(ROWS);
  if (!first) throw new Error("There is a first stretch.");

  expect(asSent({ ...first, validUntil: "2027-01-31" })).toEqual({
    id: 1,
    weekday: 0,
    starts: "09:00",
    ends: "13:00",
    location: 7,
    valid_from: null,
    valid_until: "2027-01-31",
  });
});

test("another stretch of a day begins where the last one ends", () => {
  expect(nextStretch(stretchesOf(ROWS), 0, 7)).toMatchObject({ starts: "18:00", ends: "", location: 7 });
});

test("after midnight there is nothing to begin with", () => {
  expect(nextStretch(stretchesOf(ROWS), 2, 7)).toMatchObject({ starts: "", ends: "" });
});

test("the first stretch of a day is like the day before it", () => {
  expect(nextStretch(stretchesOf(ROWS), 1, 9)).toMatchObject({
    weekday: 1,
    starts: "14:00",
    ends: "18:00",
    location: 7,
  });
  expect(nextStretch([], 1, 9)).toMatchObject({ starts: "09:00", ends: "17:00", location: 9 });
});
