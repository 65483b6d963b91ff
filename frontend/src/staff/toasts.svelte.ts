// Short messages at the edge of the screen: what was done, with a way back where there is one.

export type Toast = {
  id: number;
  words: string;
  tone: "good" | "bad";
  action?: { label: string; run: () => void } | undefined;
};

const SECONDS_TO_READ = 8;
// What can be undone and what went wrong stays longer: somebody may be in the middle of something else.
const SECONDS_TO_ACT = 20;

export const toasts = $state<Toast[]>([]);
let next = 1;

export function toast(words: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}): void {
  const { tone = "good", action } = options;
  const id = next++;
  toasts.push({ id, words, tone, action });
  const seconds = action || tone === "bad" ? SECONDS_TO_ACT : SECONDS_TO_READ;
  setTimeout(() => dismiss(id), seconds * 1000);
}

export function dismiss(id: number): void {
  const index = toasts.findIndex((each) => each.id === id);
  if (index >= 0) toasts.splice(index, 1);
}
