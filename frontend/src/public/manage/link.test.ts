import { expect, test } from "vitest";

import { Refused, Unreachable } from "$lib/api";

import { closedBy, tokenIn } from "./link";

test.each([
  ["#abc", "abc"],
  ["#a%2Fb", "a/b"],
  ["#100%", "100%"],
  ["", ""],
])("the token in %j is %j", (hash, token) => {
  expect(tokenIn(hash)).toBe(token);
});

test.each([
  [401, "needs_link"],
  [404, "opens_nothing"],
  [410, "over"],
  [429, undefined],
  [503, undefined],
])("an answer of %i closes with %s", (status, closed) => {
  expect(closedBy(new Refused(status, {}, null))).toBe(closed);
});

test("a lost connection closes nothing", () => {
  expect(closedBy(new Unreachable())).toBeUndefined();
});
