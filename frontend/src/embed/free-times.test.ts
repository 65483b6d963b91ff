import { expect, test } from "vitest";

import { countFrom, pickTimes, spread } from "./free-times";

const day = (date: string, ...times: string[]) => ({ date, slots: times.map((starts_at) => ({ starts_at })) });

test("times come from several days, the first of each among them", () => {
  const days = [day("mon", "1", "2", "3", "4"), day("tue"), day("wed", "5"), day("thu", "6", "7"), day("fri", "8")];

  expect(pickTimes(days, 6)).toEqual([
    { date: "mon", times: ["1", "4"] },
    { date: "wed", times: ["5"] },
    { date: "thu", times: ["6", "7"] },
    { date: "fri", times: ["8"] },
  ]);
});

test.each([1, 2, 3, 7, 30])("never more than %i", (count) => {
  const days = Array.from({ length: 9 }, (_, n) => day(`d${n}`, ...Array.from({ length: 20 }, (_, t) => `${n}-${t}`)));
  const shown = pickTimes(days, count).flatMap((each) => each.times);

  expect(shown).toHaveLength(count);
  expect(new Set(shown).size).toBe(count);
  expect(shown[0]).toBe("0-0");
});

test("nothing free is nothing shown", () => {
  expect(pickTimes([day("mon"), day("tue")], 6)).toEqual([]);
});

test("entries are spread in their order", () => {
  expect(spread([1, 2, 3, 4, 5], 3)).toEqual([1, 3, 5]);
  expect(spread([1, 2], 3)).toEqual([1, 2]);
});

test.each([
  ["4", 4],
  [null, 6],
  ["", 6],
  ["0", 6],
  ["2.5", 6],
  ["many", 6],
  ["31", 6],
])("a count of %s is %i", (text, count) => {
  expect(countFrom(text, 6)).toBe(count);
});
