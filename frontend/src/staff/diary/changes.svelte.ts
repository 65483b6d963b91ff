/*
 * Changes made in the grid: shown at once, then asked of the server. What it agrees to can be undone; what it
 * refuses goes back to where it was, and says why. Nothing is confirmed in advance.
 */
import { SvelteSet } from "svelte/reactivity";

import { api, ask, type Schema, Unreachable } from "$lib/api";
import { count, say } from "$lib/texts";
import { minutesBetween, plusMinutes } from "$lib/time";
import { diary as texts } from "$texts";

import { clinic } from "../clinic.svelte";
import { toast } from "../toasts.svelte";
import type { Appointment, Diary, Movable, Placement, TimeOff } from "./diary.svelte";
import { glide } from "./glide";
import { alternativesOf, canBeOverridden, type Slot, whyNot } from "./refusal";
import { momentWords } from "./words";

/** The question for a reason; `answer` with null leaves everything as it was. */
export type Question = { why: string; client: string; when: string; answer: (reason: string | null) => void };
type Told = Pick<Appointment, "id" | "version" | "client" | "minutes"> & Slot;

export class Changes {
  question = $state.raw<Question>();
  /** Keys of blocks whose change is under way. */
  readonly waiting = new SvelteSet<string>();
  readonly #diary: Diary;
  #lastQuestion: Promise<unknown> = Promise.resolve();

  constructor(diary: Diary) {
    this.#diary = diary;
  }

  reschedule(row: Appointment, to: Slot): Promise<void> {
    return this.#move(asTold(row), to, false);
  }

  async moveTimeOff(row: TimeOff, to: { startsAt: string; endsAt: string }, isUndo = false): Promise<void> {
    const { clock } = clinic();
    const placement = { starts_at: to.startsAt, ends_at: to.endsAt, therapist: row.therapist };
    const body = { starts_at: to.startsAt, ends_at: to.endsAt };
    const path = { id: row.id };
    await this.#carryOut("time_off", row.id, placement, {
      send: () => ask(api.PATCH("/api/v1/time-off/{id}/", { params: { path }, body })),
      done: () => {
        const words = { from: momentWords(to.startsAt, clock), to: momentWords(to.endsAt, clock) };
        const back = { startsAt: row.starts_at, endsAt: row.ends_at };
        const run = () => void this.moveTimeOff({ ...row, ...body }, back, true);
        toast(say(texts.changes.time_off_moved, words), isUndo ? {} : { action: { label: texts.changes.undo, run } });
      },
      refused: (error) => {
        const why = whyNot(error, texts.block.time_off, clock);
        toast(say(texts.changes.time_off_refused, { why }), { tone: "bad" });
      },
    });
  }

  async #move(row: Told, to: Slot, isUndo: boolean, reason = ""): Promise<void> {
    const placement = { starts_at: to.startsAt, ends_at: to.endsAt, therapist: to.therapist };
    const minutes = minutesBetween(to.startsAt, to.endsAt);
    const body = {
      version: row.version,
      starts_at: to.startsAt,
      ...(to.therapist === row.therapist ? {} : { therapist: to.therapist }),
      ...(minutes === row.minutes ? {} : { minutes }),
      override_reason: reason,
      reason: "",
    };
    const path = { id: row.id };
    await this.#carryOut("appointments", row.id, placement, {
      send: () => ask(api.POST("/api/v1/appointments/{id}/reschedule/", { params: { path }, body })),
      done: (answer) => this.#tellMoved(row, to, answer, isUndo),
      refused: (error) => this.#tellRefused(row, to, error, isUndo),
      again: async (error) => {
        if (reason || !canBeOverridden(error)) return undefined;
        const given = await this.#askReason(error.message, row, to);
        return given === null ? null : () => this.#move(row, to, isUndo, given);
      },
    });
  }

  /** One question after the other: two changes may be refused at about the same time. */
  #askReason(why: string, row: Told, to: Slot): Promise<string | null> {
    const when = clinic().clock.dayAndTime(to.startsAt);
    const ask = () =>
      new Promise<string | null>((resolve) => {
        this.question = { why, client: row.client.name, when, answer: resolve };
      }).finally(() => (this.question = undefined));
    const asked = this.#lastQuestion.then(ask);
    this.#lastQuestion = asked;
    return asked;
  }

  #tellMoved(row: Told, to: Slot, answer: Schema["AppointmentDetail"], isUndo: boolean): void {
    const { clock } = clinic();
    const values = {
      client: row.client.name,
      when: momentWords(to.startsAt, clock, clock.dateOf(row.startsAt)),
      therapist: answer.therapist.name,
      length: count(texts.block.minutes, answer.minutes),
      until: clock.time(answer.ends_at),
    };
    if (isUndo) {
      toast(say(texts.changes.moved_back, { ...values, when: momentWords(to.startsAt, clock) }));
      return;
    }
    const isSameStart = minutesBetween(row.startsAt, to.startsAt) === 0;
    const isSameTherapist = to.therapist === row.therapist;
    const text =
      isSameStart && isSameTherapist
        ? texts.changes.stretched
        : isSameTherapist
          ? texts.changes.moved
          : texts.changes.moved_to;
    const moved = asTold({ ...answer, therapist: answer.therapist.id });
    const run = () => void this.#move(moved, row, true);
    toast(say(text, values), { action: { label: texts.changes.undo, run } });
  }

  #tellRefused(row: Told, to: Slot, error: unknown, isUndo: boolean): void {
    const { clock } = clinic();
    if (error instanceof Unreachable) {
      toast(texts.changes.unsure, { tone: "bad" });
      return;
    }
    const attempted = { standing: row, wanted: to };
    const nearest = alternativesOf(error, attempted).find((each) => each.therapist === to.therapist);
    const words = whyNot(error, row.client.name, clock, attempted);
    if (!nearest || isUndo) {
      toast(words, { tone: "bad" });
      return;
    }
    const startsAt = nearest.starts_at;
    const endsAt = plusMinutes(startsAt, minutesBetween(to.startsAt, to.endsAt)).toISOString();
    const label = say(texts.changes.take_nearest, { when: momentWords(startsAt, clock) });
    const run = () => void this.#move(row, { ...to, startsAt, endsAt }, false);
    toast(words, { tone: "bad", action: { label, run } });
  }

  async #carryOut<Answer>(
    kind: Movable,
    id: number,
    placement: Placement,
    steps: {
      send: () => Promise<Answer>;
      done: (answer: Answer) => void;
      refused: (error: unknown) => void;
      /** What to do instead of giving it back: undefined for nothing, null when the person let it be. */
      again?: (error: unknown) => Promise<(() => Promise<void>) | null | undefined>;
    },
  ): Promise<void> {
    const key = blockKey(kind, id);
    if (this.waiting.has(key)) return; // the first of two is still under way
    this.waiting.add(key);
    let instead: (() => Promise<void>) | null | undefined;
    try {
      await glide(key, () => this.#diary.place(kind, id, placement));
      const answer = await steps.send();
      await this.#diary.refresh();
      this.#diary.unplace(kind, id);
      steps.done(answer);
    } catch (error) {
      instead = await steps.again?.(error);
      if (!instead) await this.#giveBack(kind, id, key);
      if (instead === undefined) steps.refused(error);
    } finally {
      this.waiting.delete(key);
    }
    await instead?.();
  }

  /** It may have been changed by others, or by us when only the answer was lost: what is stored counts. */
  async #giveBack(kind: Movable, id: number, key: string): Promise<void> {
    await this.#diary.refresh();
    await glide(key, () => this.#diary.unplace(kind, id));
  }
}

function blockKey(kind: Movable, id: number): string {
  return `${kind === "appointments" ? "a" : "t"}${id}`;
}

function asTold(
  row: Pick<Appointment, "id" | "version" | "client" | "minutes" | "starts_at" | "ends_at" | "therapist">,
): Told {
  const { id, version, client, minutes, starts_at, ends_at, therapist } = row;
  return { id, version, client, minutes, startsAt: starts_at, endsAt: ends_at, therapist };
}
