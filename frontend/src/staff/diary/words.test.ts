import { expect, test } from "vitest";

import { Clock } from "$lib/time";

import { timeWords } from "../twice";
import { momentWords } from "./words";

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
