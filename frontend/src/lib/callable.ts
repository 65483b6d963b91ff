// The numbers of the emergency and advice lines within a text, so that they can be rung from it.

export type Piece = { text: string; number: boolean };

const NUMBERS = /(?<!\d)(999|111)(?!\d)/;

/** "Ring 999 now" -> "Ring ", "999" and " now". */
export function callablePieces(text: string): Piece[] {
  return text
    .split(new RegExp(NUMBERS, "g"))
    .filter(Boolean)
    .map((piece) => ({ text: piece, number: NUMBERS.test(piece) && piece.length === 3 }));
}
