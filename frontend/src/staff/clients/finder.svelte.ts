// Looking for clients while somebody types: the latest question counts, answers to earlier ones are dropped.
import { api, ask, type Schema, wordsOf } from "$lib/api";

export type Found = Schema["ClientSummary"];

const PAUSE_IN_TYPING = 200; // milliseconds

export class Finder {
  /** The clients found for the latest text, the first page of `total`. */
  found = $state.raw<Found[]>([]);
  total = $state(0);
  /** What `found` belongs to. */
  answeredTo = $state<string | null>(null);
  failure = $state("");

  readonly #pageSize: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  constructor(pageSize: number) {
    this.#pageSize = pageSize;
  }

  /** Look for `text` when the typing pauses; without a text, for those who were treated last. */
  look(text: string, pause = PAUSE_IN_TYPING): void {
    this.stop();
    this.#timer = setTimeout(() => void this.#ask(text.trim()), pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  async #ask(text: string): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      const page = await findClients(text, this.#pageSize, running.signal);
      this.found = page.results;
      this.total = page.count;
      this.answeredTo = text;
      this.failure = "";
    } catch (error) {
      if (!running.signal.aborted) this.failure = wordsOf(error);
    }
  }
}

export async function findClients(text: string, pageSize: number, signal?: AbortSignal, page = 1) {
  const query = text
    ? { search: text, page, page_size: pageSize }
    : { ordering: "-last_treated_on" as const, page, page_size: pageSize };
  return ask(api.GET("/api/v1/clients/", { params: { query }, ...(signal ? { signal } : {}) }));
}
