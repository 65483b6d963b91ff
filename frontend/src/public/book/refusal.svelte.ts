// What was refused, in words, and where a time was lost the free ones nearest to it.
import { type Alternative, alternativesIn } from "$parts/times/NearestTimes.svelte";
import { Refused, wordsOf } from "$lib/api";

const LOST = ["slot_taken", "slot_unavailable", "hold_ended"];

export class Refusal {
  words = $state("");
  /** Null unless a time was lost. */
  alternatives = $state.raw<Alternative[] | null>(null);

  heed(error: unknown): void {
    this.words = wordsOf(error);
    this.alternatives = isTimeLost(error) ? alternativesIn(error) : null;
  }

  clear(): void {
    this.words = "";
    this.alternatives = null;
  }
}

export function isTimeLost(error: unknown): boolean {
  return error instanceof Refused && LOST.includes(error.code);
}
