// To cancel time off, with a way back.
import { api, ask, type Schema, wordsOf } from "$lib/api";
import { hours as texts } from "$texts";

import { toast } from "../toasts.svelte";

export type Cancellable = Pick<Schema["TimeOff"], "id" | "starts_at" | "ends_at" | "reason"> & {
  therapist: number | { id: number } | null;
  room: { id: number } | null;
};

/** Answers whether it was done; whatever came of it is told. `onchanged` is called again when it is taken back. */
export async function cancelTimeOff(row: Cancellable, onchanged: () => void): Promise<boolean> {
  const isDone = await attempt(() => ask(api.DELETE("/api/v1/time-off/{id}/", { params: { path: { id: row.id } } })));
  const run = () => void takeAgain(row).then(onchanged);
  if (isDone) toast(texts.time_off.removed, { action: { label: texts.time_off.undo, run } });
  onchanged();
  return isDone;
}

async function takeAgain({ therapist, room, starts_at, ends_at, reason }: Cancellable): Promise<void> {
  const whose = therapist
    ? { therapist: typeof therapist === "number" ? therapist : therapist.id }
    : { room: room?.id ?? 0 };
  const body = { ...whose, starts_at, ends_at, reason };
  if (await attempt(() => ask(api.POST("/api/v1/time-off/", { body })))) toast(texts.time_off.stored);
}

async function attempt(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    toast(wordsOf(error), { tone: "bad" });
    return false;
  }
}
