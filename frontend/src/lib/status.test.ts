import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { lookOf, type Status } from "./status";

const STATUSES: Status[] = [
  "proposed",
  "pending",
  "booked",
  "arrived",
  "checked-in",
  "fulfilled",
  "cancelled",
  "noshow",
  "entered-in-error",
  "waitlist",
];
const css = readFileSync(new URL("../styles/tokens.css", import.meta.url), "utf8");
const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function token(theme: string, name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme)?.[1];
  if (!found) throw new Error(`There is no --${name}.`);
  return found;
}

describe.each([
  ["light", light],
  ["dark", dark],
])("in the %s theme", (_, theme) => {
  test.each(STATUSES)("%s is readable on its wash and on what lies below", (status) => {
    const ink = token(theme, `state-${lookOf(status).tone}`);
    for (const ground of [`state-${lookOf(status).tone}-wash`, "page", "panel", "raised"]) {
      expect(contrast(ink, token(theme, ground))).toBeGreaterThanOrEqual(4.5);
    }
  });
});

test("every state has a symbol and a word of its own", () => {
  expect(new Set(STATUSES.map((status) => lookOf(status).symbol)).size).toBe(STATUSES.length);
  expect(new Set(STATUSES.map((status) => lookOf(status).word)).size).toBe(STATUSES.length);
});
