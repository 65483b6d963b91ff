// The four parts of a treatment note.
import type { Schema } from "$lib/api";

export const PARTS = ["subjective", "objective", "assessment", "plan"] as const;
export type Part = (typeof PARTS)[number];
export type Soap = Record<Part, string>;
export type Note = Schema["Note"];
export type Summary = Schema["NoteSummary"];

export const LONGEST_PART = 20_000;

export function emptySoap(): Soap {
  return { subjective: "", objective: "", assessment: "", plan: "" };
}

/** Blanks at the ends are not kept by the server, and so make no difference. */
export function isSame(one: Soap, other: Soap): boolean {
  return PARTS.every((part) => one[part].trim() === other[part].trim());
}

/** Both texts where they differ: nothing of either is lost. */
export function joined(one: Soap, other: Soap): Soap {
  const both = (a: string, b: string) => (a.trim() === b.trim() || !b.trim() ? a : a.trim() ? `${a}\n\n${b}` : b);
  return Object.fromEntries(PARTS.map((part) => [part, both(one[part], other[part])])) as Soap;
}
