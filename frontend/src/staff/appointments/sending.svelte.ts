// A form on its way to the server: sent once however often it is tapped, and what came back.
import { Refused, Unreachable, wordsOf } from "$lib/api";

export class Sending {
  isBusy = $state(false);
  words = $state("");
  refused = $state.raw<Refused>();

  /** What the server says of these fields, in the order of their names; empty when nothing. */
  about = (...fields: string[]): string =>
    fields
      .map((field) => this.refused?.about(field))
      .filter(Boolean)
      .join(" ");

  /** True when `send` went through. A fault of ours is raised. */
  async send(send: () => Promise<void>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.words = "";
    this.refused = undefined;
    try {
      await send();
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  fail(error: unknown): void {
    this.words = wordsOf(error);
    if (error instanceof Refused) this.refused = error;
    else if (!(error instanceof Unreachable)) throw error;
  }
}
