// The free times of one month at a time, as the server has them now.
import { api, ask } from "$lib/api";
import { firstOfMonth, type LocalDate, plusMonths } from "$lib/time";

import { bestDay, bookablePart, type Day, type Span, type Wanted } from "./calendar";

export class FreeTimes {
  month = $state<LocalDate>("");
  /** The days of the month that can be booked; null while they are on their way. */
  days = $state.raw<Day[] | null>(null);
  error = $state.raw<unknown>(null);
  #asked = new AbortController();

  constructor(month: LocalDate) {
    this.month = month;
  }

  /** Fetch `month`; with `goesOn`, months without a free day are passed over. What was asked before is dropped. */
  async load(wanted: Wanted, month: LocalDate, bookable: Span, { goesOn = false } = {}): Promise<void> {
    this.#asked.abort();
    const asked = (this.#asked = new AbortController());
    Object.assign(this, { month, days: null, error: null });
    try {
      const days = await fetchDays(wanted, bookablePart(month, bookable), asked.signal);
      if (asked.signal.aborted) return;
      const next = plusMonths(month, 1);
      if (goesOn && !bestDay(days, "") && next <= firstOfMonth(bookable.last)) {
        return await this.load(wanted, next, bookable, { goesOn });
      }
      this.days = days;
    } catch (error) {
      if (!asked.signal.aborted) this.error = error;
    }
  }
}

async function fetchDays(wanted: Wanted, span: Span | null, signal: AbortSignal): Promise<Day[]> {
  if (!span) return [];
  const { treatment, minutes, therapist } = wanted;
  const query = { treatment, minutes, from: span.first, to: span.last, ...(therapist && { therapist }) };
  const { days } = await ask(api.GET("/api/v1/availability/", { params: { query }, signal }));
  return days;
}
