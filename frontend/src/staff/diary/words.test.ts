import { expect, test } from "vitest";

import { Clock } from "$lib/time";

import { timeWords } from "../twice";
import { dayPartWords, momentWords } from "./words";

const clock = new Clock("Europe/London");

test.each([
  ["2027-10-31T00:15:00Z", "01:15 BST"],
  ["2027-10-31T01:15:00Z", "01:15 GMT"],
  ["2027-10-31T02:15:00Z", "02:15"],
  ["2027-10-30T00:15:00Z", "01:15"],
  ["2027-03-28T00:15:00Z", "00:15"],
  ["2026-11-24T01:15:00Z", "01:15"],
])("%s is %s", (at, words) => {
  expect(timeWords(at, clock)).toBe(words);
});

test("the day is named unless it is the one that is talked about", () => {
  expect(momentWords("2026-11-24T10:15:00Z", clock)).toBe("Tue 24 Nov 10:15");
  expect(momentWords("2026-11-24T10:15:00Z", clock, "2026-11-24")).toBe("10:15");
});

test.each([
  ["2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "all day"],
  ["2026-11-23T16:00:00Z", "2026-11-25T12:00:00Z", "all day"],
  ["2026-11-24T16:00:00Z", "2026-11-25T12:00:00Z", "from 16:00"],
  ["2026-11-23T16:00:00Z", "2026-11-24T12:00:00Z", "until 12:00"],
  ["2026-11-24T09:00:00Z", "2026-11-24T12:00:00Z", "09:00–12:00"],
])("of %s to %s the day has %s", (starts, ends, words) => {
  expect(dayPartWords(starts, ends, "2026-11-24", clock)).toBe(words);
});

test("the longest day of the year is a day", () => {
  expect(dayPartWords("2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z", "2026-10-25", clock)).toBe("all day");
});
