// The visitor's details and what became of sending them. What was typed stays, whatever the server says.
import { api, ask, Refused, type Schema, uniqueKey, Unreachable } from "$lib/api";
import { carriedAnswers, leaveBehind, type SentAnswers } from "$lib/travelling-answers";
import { book_details as texts } from "$texts";

import { faultsOf, type Details, emptyDetails } from "./details";
import type { Booking } from "./journey.svelte";
import type { HeldTime } from "./held-time.svelte";
import { isTimeLost, type Refusal } from "./refusal.svelte";

export type Advice = Schema["Advice"];
export type Outcome = { booking: Booking } | { advice: Advice } | { isFaulty: true };

const PATIENCE_MS = 30_000;
const FIELDS = ["client.first_name", "client.last_name", "client.email", "client.phone", "safety", "accepts_policy"];

export class BookingForm {
  details = $state<Details>(emptyDetails());
  guide = $state.raw<SentAnswers | null>(carriedAnswers());
  errors = $state.raw<Record<string, string>>({});
  /** The address of the account that filled it in; "" where none did. */
  signedInAs = $state("");
  isSending = $state(false);
  /** It was sent, and no answer came: until one does, only the very same may be sent again. */
  isUnknown = $state(false);
  /** It may have been booked already: whatever would lead to another booking has to wait. */
  isUnsettled = $derived(this.isSending || this.isUnknown);
  /** The safety questions answered with yes in what was sent last. */
  concerns = $state.raw<string[]>([]);
  readonly #refusal: Refusal;
  #sent = { text: "", key: "" };

  /** `refusal` is told what belongs to no field. */
  constructor(refusal: Refusal) {
    this.#refusal = refusal;
  }

  /** Send it for the held time. Sent again unchanged it bears the same key, and is carried out once. */
  async send(time: HeldTime): Promise<Outcome> {
    this.#refusal.clear();
    // They may have grown too old while the page stood open; but what may have arrived is sent again as it was.
    if (this.guide && !this.isUnknown) this.guide = carriedAnswers();
    this.errors = faultsOf(this.details, { asksSafety: this.guide === null });
    if (Object.keys(this.errors).length) return { isFaulty: true };
    this.isSending = true;
    try {
      const booking = await this.#post(this.#bodyFor(time));
      this.leaveGuideOut(); // what went with this booking does not go with the next
      return { booking };
    } catch (error) {
      return this.#heed(error, time);
    } finally {
      this.isSending = false;
    }
  }

  leaveGuideOut(): void {
    leaveBehind();
    this.guide = null;
  }

  async #post(body: Schema["BookingBodyRequest"]): Promise<Booking> {
    const text = JSON.stringify(body);
    if (this.#sent.text !== text) this.#sent = { text, key: uniqueKey() };
    const header = { "Idempotency-Key": this.#sent.key };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const booking = await ask(api.POST("/api/v1/bookings/", { params: { header }, body, signal }));
    this.isUnknown = false;
    return booking;
  }

  #heed(error: unknown, time: HeldTime): Outcome {
    this.isUnknown = isWithoutAnswer(error) || (this.isUnknown && isPutOff(error));
    if (this.isUnknown) this.#refusal.words = texts.unknown;
    else this.#refusal.heed(error);
    if (!(error instanceof Refused)) return { isFaulty: true };
    if (error.code === "safety_advice") return { advice: error.problem.advice as Advice };
    this.errors = Object.fromEntries(FIELDS.map((field) => [field, error.about(field)]).filter(([, said]) => said));
    const homeless = Object.keys(error.errors).filter((name) => !FIELDS.includes(name));
    if (homeless.length) this.#refusal.words = homeless.map((name) => error.about(name)).join(" ");
    else if (Object.keys(this.errors).length) this.#refusal.clear();
    if (isTimeLost(error) || error.errors.hold) void time.release();
    return { isFaulty: true };
  }

  #bodyFor(time: HeldTime): Schema["BookingBodyRequest"] {
    if (!time.held) throw new Error("There is no time to book.");
    const { treatment, minutes, therapist, starts_at, token } = time.held;
    const { first_name, last_name, email, phone, hasConcerns, concerns, accepts_policy } = this.details;
    const safety = this.guide === null && hasConcerns === "yes" ? [...concerns] : [];
    this.concerns = this.guide?.safety ?? safety;
    return {
      treatment,
      minutes,
      starts_at,
      ...(therapist && { therapist }),
      hold: token,
      client: { first_name: first_name.trim(), last_name: last_name.trim(), email: email.trim(), phone: phone.trim() },
      safety,
      ...(this.guide && { guide: this.guide }),
      accepts_policy,
    };
  }
}

/** Told to come again before anybody looked at it: what became of it the first time is as unknown as before. */
function isPutOff(error: unknown): boolean {
  return error instanceof Refused && (error.status === 429 || error.code === "busy");
}

/** Lost on the way, or a fault of a server in between: it may have been done all the same. */
function isWithoutAnswer(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Refused && error.status >= 500 && error.code !== "busy");
}
