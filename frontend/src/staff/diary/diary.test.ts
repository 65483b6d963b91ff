import { afterEach, expect, test, vi } from "vitest";

import { Diary } from "./diary.svelte";

afterEach(() => vi.unstubAllGlobals());

test("whoever waits for a look that is given up waits for the latest", async () => {
  vi.stubGlobal("document", { cookie: "" });
  const answers: (() => void)[] = [];
  const fetched = (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise<Response>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("Given up.", "AbortError")));
      answers.push(() => resolve(Response.json({ therapists: [] })));
    });
  vi.stubGlobal("fetch", fetched);
  const diary = new Diary();
  diary.open({ from: "2026-11-24", to: "2026-11-24" });

  let isDone = false;
  const first = diary.refresh().then(() => (isDone = true));
  const second = diary.refresh();
  await vi.waitUntil(() => answers.length === 3);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isDone).toBe(false);

  answers.at(-1)?.();
  await Promise.all([first, second]);
  expect(diary.trouble).toBe("");
});
