import { SvelteMap } from "svelte/reactivity";

import { say } from "$lib/texts";
import { hours as texts } from "$texts";

import { clinic } from "../clinic.svelte";

/** What became of the bookings that were opened from a list of those in the way. */
export class Settlements {
  /** In words, by their ids. */
  readonly words = new SvelteMap<number, string>();

  settle = (fresh: { id: number; status: string; starts_at: string }): void => {
    const { clock } = clinic();
    const isGone = fresh.status === "cancelled" || fresh.status === "entered-in-error";
    const at = { day: clock.shortDay(fresh.starts_at), time: clock.time(fresh.starts_at) };
    this.words.set(fresh.id, isGone ? texts.stranded.cancelled : say(texts.stranded.now_at, at));
  };
}
