import { expect, test } from "vitest";

import { typedFigure } from "./figure";

test.each([
  ["", null],
  ["  ", null],
  [" 3 ", 3],
  ["twice", "twice"],
])("%j is sent as %j", (text, sent) => {
  expect(typedFigure(text)).toBe(sent);
});
