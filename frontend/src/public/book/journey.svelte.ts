// Where the visitor stands on the way to a booking, in step with the browser's history: Back goes one step back.
import type { Schema } from "$lib/api";
import { keep, recall } from "$lib/session";

import { addressOf, type Choices, NO_CHOICES, readChoices } from "./address";

export type Step = "treatment" | "when" | "details" | "stopped" | "done";
export type Booking = Schema["NewBooking"];

const KEY = "booking";

export class Journey {
  step = $state<Step>("treatment");
  choices = $state<Choices>({ ...NO_CHOICES });
  booking = $state.raw<Booking | null>(null);
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /**
   * Take up what the address says: when the page opens, and when Back or Forward was pressed. `offered` corrects
   * choices; the details are only for those who still hold a time (`hasTime`).
   */
  arrive(offered: (choices: Choices) => Choices, hasTime: (choices: Choices) => boolean): void {
    const { choices, isAtDetails } = readChoices(location, this.#base);
    this.choices = offered(choices);
    this.booking = (history.state as { isDone?: true } | null)?.isDone ? recall<Booking>(KEY) : null;
    if (this.booking) this.step = "done";
    else if (!this.choices.treatment) this.step = "treatment";
    else this.step = isAtDetails && hasTime(this.choices) ? "details" : "when";
    if (!this.booking) this.#write("replaceState");
  }

  /** Choose within the step; going back does not undo it. */
  choose(changed: Partial<Choices>): void {
    Object.assign(this.choices, changed);
    this.#write("replaceState");
  }

  go(step: "treatment" | "when" | "details", changed: Partial<Choices> = {}): void {
    Object.assign(this.choices, changed);
    this.step = step;
    this.#write("pushState");
  }

  /** Back or Forward where nothing may be left: that entry of the history shows what was shown already. */
  stay(): void {
    this.#write("replaceState");
  }

  stop(): void {
    this.step = "stopped";
    this.#write("replaceState");
  }

  /** Reloading shows the booking again, until the tab is closed or somebody signs out: it holds the link's token. */
  finish(booking: Booking): void {
    this.booking = booking;
    this.step = "done";
    keep(KEY, booking);
    history.replaceState({ isDone: true }, "", this.#base);
  }

  #write(how: "pushState" | "replaceState"): void {
    const shown = this.step === "treatment" ? NO_CHOICES : this.choices;
    history[how](null, "", addressOf({ ...shown }, this.#base, { isAtDetails: this.step === "details" }));
  }
}
