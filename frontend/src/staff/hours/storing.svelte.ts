import { Refused, wordsOf } from "$lib/api";

/** A booking that a change would leave without its time, as a refusal of code `strands_bookings` tells it. */
export type StrandedBooking = {
  id: number;
  reference: string;
  starts_at: string;
  ends_at: string;
  client: string;
  treatment: string;
  therapist: { id: number; name: string };
};

/** What became of bookings that were opened from the list, by their ids: in words. */
export type Settled = ReadonlyMap<number, string>;

/**
 * A change of hours or time off on its way to the server. What is refused is kept until the next attempt:
 * `stranded` are the bookings in the way, `refused` tells of the fields.
 */
export class Storing {
  isSending = $state(false);
  failure = $state("");
  refused = $state.raw<Refused | null>(null);
  stranded = $state.raw<StrandedBooking[]>([]);

  /** Answers whether it was stored. While one attempt is under way, another is none. */
  async attempt(call: () => Promise<unknown>): Promise<boolean> {
    if (this.isSending) return false;
    this.isSending = true;
    this.forget();
    try {
      await call();
      return true;
    } catch (error) {
      if (error instanceof Refused) this.refused = error;
      if (this.refused?.code === "strands_bookings") {
        this.stranded = this.refused.problem.bookings as StrandedBooking[];
      } else {
        this.failure = wordsOf(error);
      }
      return false;
    } finally {
      this.isSending = false;
    }
  }

  forget(): void {
    this.failure = "";
    this.refused = null;
    this.stranded = [];
  }

  about(field: string): string {
    return this.refused?.about(field) ?? "";
  }
}
