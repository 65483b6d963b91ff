// What was cancelled: the diary leaves it out, because its time is free again.
import { api, ask, wordsOf } from "$lib/api";
import type { LocalDate } from "$lib/time";

import { type Visit, visitOf } from "./rows";

const MOST = 200;

/** `inDiary` tells when to look again: what left the diary may have been cancelled. */
type Wanted = {
  from: LocalDate | undefined;
  to: LocalDate | undefined;
  therapist: number | undefined;
  inDiary: string;
};

export class Cancelled {
  visits = $state.raw<Visit[]>([]);
  trouble = $state("");
  #asked = "";

  async look(wanted: Wanted): Promise<void> {
    const asked = JSON.stringify(wanted);
    if (asked === this.#asked) return;
    this.#asked = asked;
    const { from = "", to = "", therapist } = wanted;
    const query = { from, to, status: "cancelled" as const, page_size: MOST };
    try {
      const page = await ask(
        api.GET("/api/v1/appointments/", {
          params: { query: therapist === undefined ? query : { ...query, therapist } },
        }),
      );
      if (asked !== this.#asked) return;
      this.visits = page.results.map(visitOf);
      this.trouble = "";
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#asked = "";
      this.trouble = wordsOf(error);
    }
  }
}
