import { expect, test } from "vitest";

import reference from "../../../../../clients/reference/clinical_tests.json";
import { record } from "../../../../texts/en.json";

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

type Definition = Partial<Record<"items" | "components" | "positions" | "grades" | "faults" | "zones", string[]>>;

test("whatever can be chosen for a test has a word of the catalogue", () => {
  const definitions = Object.values({ ...reference.tests, ...reference.outcome_measures }) as Definition[];
  const named = definitions.flatMap((each) =>
    [each.items, each.components, each.positions, each.grades, each.faults, each.zones].flatMap((names) => names ?? []),
  );
  expect([...new Set(named)].filter((name) => !(name in record.measurements.words))).toEqual([]);
  expect(Object.keys(record.body_charts.views)).toEqual(reference.body_chart.views);
  expect(Object.keys(record.body_charts.kinds)).toEqual(reference.body_chart.mark_kinds);
});

test("units are signs that people write", () => {
  const angle = { test: "dorsiflexion", side: "left", value: 12, position: "knee bent" } as const;
  expect(figureOf({ unit: "deg", content: angle })).toBe("12 °, knee bent");
  expect(nameOf("koos-ps")).toBe("KOOS-PS");
});
