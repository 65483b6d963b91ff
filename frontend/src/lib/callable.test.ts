import { expect, test } from "vitest";

import { callablePieces } from "./callable";

const told = (text: string) => callablePieces(text).map((piece) => (piece.number ? `[${piece.text}]` : piece.text));

test.each([
  ["Ring NHS 111, or 999.", ["Ring NHS ", "[111]", ", or ", "[999]", "."]],
  ["999", ["[999]"]],
  ["Ring 020 7946 1110 or 9990.", ["Ring 020 7946 1110 or 9990."]],
  ["See your GP.", ["See your GP."]],
  ["", []],
])("%s", (text, pieces) => {
  expect(told(text)).toEqual(pieces);
});
