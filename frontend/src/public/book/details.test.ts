import { expect, test } from "vitest";

import { emptyDetails, faultsOf } from "./details";

const filled = {
  ...emptyDetails(),
  first_name: "Ada",
  last_name: "Example",
  email: "ada@example.org",
  hasConcerns: "no" as const,
  accepts_policy: true,
};

test("what is filled in has no faults, with or without a telephone number", () => {
  expect(faultsOf(filled, { asksSafety: true })).toEqual({});
});

test("everything that is missing is named at once", () => {
  const faults = faultsOf({ ...emptyDetails(), first_name: "  " }, { asksSafety: true });
  expect(Object.keys(faults)).toEqual([
    "client.first_name",
    "client.last_name",
    "client.email",
    "safety",
    "accepts_policy",
  ]);
});

test("a yes to the safety questions says to which", () => {
  const faults = faultsOf({ ...filled, hasConcerns: "yes" }, { asksSafety: true });
  expect(Object.keys(faults)).toEqual(["safety"]);
  expect(faultsOf({ ...filled, hasConcerns: "yes", concerns: ["needs-care"] }, { asksSafety: true })).toEqual({});
});

test("who answered the guide is not asked again", () => {
  expect(faultsOf({ ...filled, hasConcerns: "" }, { asksSafety: false })).toEqual({});
});
