import { expect, test } from "vitest";

import { changeInWords, figureOf, nameOf } from "./measurements";

test("names and figures are words", () => {
  expect(nameOf("knee-to-wall")).toBe("Knee to wall");
  expect(figureOf({ unit: "cm", content: { test: "knee-to-wall", side: "left", value: 0 } })).toBe("0 cm");
  expect(figureOf({ unit: "s", content: { test: "trendelenburg", side: "left", positive: false, value: 12 } })).toBe(
    "negative, 12 s",
  );
  expect(
    figureOf({ unit: "grade", content: { test: "single-leg-squat", side: "left", grade: "fair", faults: ["trunk"] } }),
  ).toBe("fair, trunk");
});

test.each([
  [{ by: 2.5, is_within_measurement_error: false }, "+2.5 since 26 Oct"],
  [{ by: -0.5, is_within_measurement_error: true }, "−0.5 since 26 Oct, within measurement error"],
  [{ by: 0, is_within_measurement_error: null }, "0 since 26 Oct"],
])("a change of %j is told and not judged", (change, told) => {
  expect(changeInWords({ change: { ...change, since: "", since_on: "2026-10-26" } })).toBe(told);
  expect(changeInWords({ change: null })).toBe("");
});
