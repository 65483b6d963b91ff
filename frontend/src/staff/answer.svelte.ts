import { wordsOf } from "$lib/api";

/**
 * What a screen has asked the server for. The answer before stays until the next one is there, so that nothing
 * jumps; where several questions are under way, the latest one counts.
 */
export class Answer<Content> {
  content = $state.raw<Content>();
  /** Why the latest question has no answer, in words. */
  failure = $state("");
  isAsking = $state(false);
  #latest = 0;

  async ask(call: () => Promise<Content>): Promise<void> {
    const mine = ++this.#latest;
    this.isAsking = true;
    try {
      const content = await call();
      if (mine !== this.#latest) return;
      this.content = content;
      this.failure = "";
    } catch (error) {
      if (mine === this.#latest) this.failure = wordsOf(error);
    } finally {
      if (mine === this.#latest) this.isAsking = false;
    }
  }
}
