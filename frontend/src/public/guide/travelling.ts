// Answers that go along to the booking page: only those of somebody who asked for it, and only in this tab.
import type { SentAnswers } from "./answers";

const KEY = "guide"; // the booking page reads it

/** Whether they could be kept: a browser may forbid it. */
export function takeAlong(answers: SentAnswers): boolean {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(answers));
    return true;
  } catch {
    return false;
  }
}

export function leaveBehind(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Where nothing can be kept, nothing is there.
  }
}
