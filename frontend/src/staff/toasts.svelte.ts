// Short messages at the edge of the screen: what was done, with a way back where there is one.

export type Toast = {
  id: number;
  words: string;
  tone: "good" | "bad";
  action?: { label: string; run: () => void } | undefined;
  /** Until somebody closes it. */
  stays?: boolean | undefined;
};

const SECONDS_TO_READ = 8;
// What can be undone and what went wrong stays longer: somebody may be in the middle of something else.
const SECONDS_TO_ACT = 20;
// A dialogue that closes with it is gone by then, and readers have met the region in its new place.
const MILLISECONDS_TO_SETTLE = 50;

export const toasts = $state<Toast[]>([]);
let next = 1;

export function toast(words: string, options: Partial<Omit<Toast, "id" | "words">> = {}): void {
  const { tone = "good", ...rest } = options;
  const made = { id: next++, words, tone, ...rest };
  setTimeout(() => toasts.push(made), MILLISECONDS_TO_SETTLE);
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((each) => each.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

/** How long it is there to be read, in milliseconds. */
export function timeOf({ action, tone, stays }: Toast): number {
  if (stays) return Infinity;
  return 1000 * (action || tone === "bad" ? SECONDS_TO_ACT : SECONDS_TO_READ);
}
