/**
 * A figure as it was typed, for the server: null for none. What is no figure goes there as it is, so that it is
 * refused beside its field rather than left out without a word.
 */
export function typedFigure(text: string): number | null {
  const typed = text.trim();
  if (!typed) return null;
  const figure = Number(typed);
  return Number.isNaN(figure) ? (typed as unknown as number) : figure;
}
