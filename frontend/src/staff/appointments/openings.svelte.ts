// The free times of one day, asked for anew whenever what is wanted changes. The latest question wins.
import { api, ask, wordsOf } from "$lib/api";
import type { LocalDate } from "$lib/time";

/** What a time is looked for. */
export type Wanted = {
  treatment: string;
  minutes: number;
  therapist?: number | undefined;
  client?: number | undefined;
  appointment?: number | undefined;
};
export type Wish = { treatment: string; minutes: number; date: LocalDate } & {
  therapist?: number;
  client?: number;
  appointment?: number;
};
export type Opening = { starts_at: string; therapists: number[] };

export class Openings {
  /** Undefined until the answer is there. */
  found = $state.raw<Opening[]>();
  trouble = $state("");
  #asking: AbortController | undefined;

  async look({ date, ...wish }: Wish): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.found = undefined;
    this.trouble = "";
    try {
      const query = { ...wish, from: date, to: date };
      const answer = await ask(api.GET("/api/v1/appointments/openings/", { params: { query }, signal: asking.signal }));
      this.found = answer.days[0]?.slots ?? [];
    } catch (error) {
      if (!asking.signal.aborted) this.trouble = wordsOf(error);
    }
  }

  /** Nothing to look for yet. */
  clear(): void {
    this.#asking?.abort();
    this.found = undefined;
    this.trouble = "";
  }
}
