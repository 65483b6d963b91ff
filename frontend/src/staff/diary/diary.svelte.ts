/*
 * The diary's data, kept fresh: whatever view is open, what others change is there within 15 seconds.
 *
 *     const diary = new Diary();
 *     $effect(() => diary.open({ from, to, therapist }));
 *     $effect(() => diary.keepFresh());
 *
 * What was shown stays when a call fails; `trouble` says why it is not up to date.
 */
import { SvelteMap } from "svelte/reactivity";

import { api, ask, Refused, type Schema, wordsOf } from "$lib/api";
import type { LocalDate } from "$lib/time";

import { keepFresh } from "../freshness";

export type Appointment = Schema["DiaryAppointment"];
export type TimeOff = Schema["DiaryTimeOff"];
export type Hold = Schema["DiaryHold"];
/** Both days inclusive; without `therapist` everybody whom the reader may see. */
export type Range = { from: LocalDate; to: LocalDate; therapist?: number | undefined };
/** Where something is shown until the server has answered. */
export type Placement = { starts_at: string; ends_at: string; therapist: number | null };
export type Movable = "appointments" | "time_off";

// Two missed answers in a row still leave a change visible within 15 seconds.
const SECONDS_BETWEEN_LOOKS = 7;
// One that takes longer is given up and told of.
const PATIENCE_MS = 20_000;
const NOT_MODIFIED = 304;

export class Diary {
  range = $state.raw<Range>();
  /** Undefined until the first answer for this range is there. */
  shown = $derived.by(() => this.#withPlacements());
  /** What can be drawn meanwhile: the people of the last answer, and nothing in their days. */
  blank = $derived.by(() => this.#withoutContent());
  /** Why the last look failed, in words; empty when what is shown is up to date. */
  trouble = $state("");

  #answer = $state.raw<{ range: Range; diary: Schema["Diary"]; tag: string }>();
  readonly #placements = new SvelteMap<string, Placement>();
  #asking: AbortController | undefined;
  #isLooking = false;
  #look: Promise<void> = Promise.resolve();

  /** Show another stretch of days. What is shown meanwhile stays while the days are the same. */
  open(range: Range): void {
    const { range: old } = this;
    if (old && old.from === range.from && old.to === range.to && old.therapist === range.therapist) return;
    this.range = range;
    this.trouble = "";
    void this.refresh();
  }

  /**
   * Look now. A look that is still under way is given up: its answer may be older than a change of ours. Whoever
   * waits for that one waits for the latest instead, so that what is shown then is never what was there before.
   */
  refresh(): Promise<void> {
    if (this.range) this.#look = this.#lookAt(this.range);
    return this.#look;
  }

  async #lookAt(range: Range): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    this.#isLooking = true;
    const { from, to, therapist } = range;
    const query = { from, to, ...(therapist === undefined ? {} : { therapist }) };
    // With the tag of what is shown the server answers 304 as long as nothing has changed.
    const tag = this.#answer?.range === range ? this.#answer.tag : "";
    const headers = tag ? { "If-None-Match": tag } : {};
    try {
      const signal = AbortSignal.any([asking.signal, AbortSignal.timeout(PATIENCE_MS)]);
      const call = api.GET("/api/v1/diary/", { params: { query }, headers, signal });
      const diary = await ask(call);
      if (asking !== this.#asking) return await this.#look;
      if (asking.signal.aborted) return;
      this.#answer = { range, diary, tag: (await call).response.headers.get("ETag") ?? "" };
      this.trouble = "";
    } catch (error) {
      if (asking !== this.#asking) return await this.#look;
      if (asking.signal.aborted) return;
      const isUnchanged = error instanceof Refused && error.status === NOT_MODIFIED;
      this.trouble = isUnchanged ? "" : wordsOf(error);
    } finally {
      if (asking === this.#asking) this.#isLooking = false;
    }
  }

  /** Look again and again while the page is seen. Returns what ends it. */
  keepFresh(): () => void {
    const stop = keepFresh(
      () => this.refresh(),
      () => this.#isLooking,
      SECONDS_BETWEEN_LOOKS,
    );
    return () => {
      stop();
      this.#asking?.abort();
    };
  }

  /** Show it elsewhere already, before the server has agreed. */
  place(kind: Movable, id: number, placement: Placement): void {
    this.#placements.set(`${kind} ${id}`, placement);
  }

  /** Show it again where the server has it. */
  unplace(kind: Movable, id: number): void {
    this.#placements.delete(`${kind} ${id}`);
  }

  #withPlacements(): Schema["Diary"] | undefined {
    const { range } = this;
    if (!range || !this.#answer || this.#answer.range !== range) return undefined;
    const { diary } = this.#answer;
    if (!this.#placements.size) return diary;
    const placed = <Row extends { id: number }>(kind: Movable, rows: Row[]) =>
      rows.map((row) => ({ ...row, ...this.#placements.get(`${kind} ${row.id}`) }));
    return {
      ...diary,
      appointments: placed("appointments", diary.appointments) as Appointment[],
      time_off: placed("time_off", diary.time_off),
    };
  }

  #withoutContent(): Schema["Diary"] | undefined {
    const { range } = this;
    if (!range || !this.#answer) return undefined;
    const { therapists, time_zone } = this.#answer.diary;
    const wanted = therapists.filter((each) => range.therapist === undefined || each.id === range.therapist);
    const nothing = { bank_holidays: [], working_hours: [], appointments: [], holds: [], time_off: [] };
    return { ...nothing, time_zone, therapists: wanted, from: range.from, to: range.to };
  }
}
