/*
 * The steps of an appointment that take one tap: arrived, checked in, done, did not come.
 *
 * The server says which may follow (`next_statuses`); here it is said which of them make sense now, because a
 * slip on next week's appointment could not be taken back.
 */
import { SvelteMap } from "svelte/reactivity";

import { api, ask, Refused, type Schema, wordsOf } from "$lib/api";
import { isPositive, money } from "$lib/money";
import type { Status } from "$lib/status";
import { say } from "$lib/texts";
import type { Clock } from "$lib/time";
import { appointments as texts } from "$texts";

import { toast } from "../toasts.svelte";

export type Appointment = Schema["AppointmentDetail"];
/** What a step must know of an appointment. */
export type Steppable = Pick<Appointment, "id" | "version" | "status" | "next_statuses" | "starts_at"> & {
  client: { name: string };
};
export type StepName = "arrive" | "check-in" | "fulfil" | "no-show";

const STEPS: { name: StepName; to: Status }[] = [
  { name: "arrive", to: "arrived" },
  { name: "check-in", to: "checked-in" },
  { name: "fulfil", to: "fulfilled" },
  { name: "no-show", to: "noshow" },
];
const PATHS = {
  arrive: "/api/v1/appointments/{id}/arrive/",
  "check-in": "/api/v1/appointments/{id}/check-in/",
  fulfil: "/api/v1/appointments/{id}/fulfil/",
  "no-show": "/api/v1/appointments/{id}/no-show/",
} as const;
// A second tap of a double click must not take the step after.
const SECONDS_TO_SETTLE = 0.6;

/** Appointments with a step under way, and its turn: their buttons wait. */
export const underWay = new SvelteMap<number, symbol>();

/** The steps that make sense now, the most natural one first. */
export function stepsFor(appointment: Steppable, { now, clock }: { now: Date; clock: Clock }): StepName[] {
  if (clock.today(now) < clock.dateOf(appointment.starts_at)) return [];
  const hasBegun = new Date(appointment.starts_at) <= now;
  return STEPS.filter(({ name, to }) => appointment.next_statuses.includes(to) && (name !== "no-show" || hasBegun)).map(
    ({ name }) => name,
  );
}

/** What the button says. After a no-show, "arrive" is the way back. */
export function labelOf(step: StepName, status: Status): string {
  return step === "arrive" && status === "noshow" ? texts.steps.came_after_all : texts.steps[step];
}

/**
 * Take a step, say that it was done, with the way back where there is one, and hand the appointment on as it is now.
 * A refusal is said too; when somebody was faster, what they made of it is handed on.
 */
export async function takeStep(
  step: StepName,
  appointment: Steppable,
  onchanged: (fresh: Appointment) => void,
  options: { waivesFee?: boolean } = {},
): Promise<void> {
  const { id, version, client } = appointment;
  if (underWay.has(id)) return;
  const turn = Symbol(step);
  underWay.set(id, turn);
  try {
    const body = { version, reason: "", ...(step === "no-show" ? { waives_fee: options.waivesFee ?? false } : {}) };
    const fresh = await ask<Appointment>(api.POST(PATHS[step], { params: { path: { id } }, body }));
    const words = say(texts.done[step], { client: client.name });
    if (step === "no-show") toast(`${words} ${feeWords(fresh)}`, { action: wayBack(fresh, onchanged) });
    else toast(words);
    onchanged(fresh);
  } catch (error) {
    toast(wordsOf(error), { tone: "bad" });
    if (isStale(error)) await freshen(id, onchanged);
  } finally {
    setTimeout(() => {
      if (underWay.get(id) === turn) underWay.delete(id);
    }, SECONDS_TO_SETTLE * 1000);
  }
}

/** Whether somebody else changed the appointment since it was read. */
export function isStale(error: unknown): boolean {
  return error instanceof Refused && (error.code === "stale_version" || error.code === "invalid_transition");
}

export function loadAppointment(id: number): Promise<Appointment> {
  return ask(api.GET("/api/v1/appointments/{id}/", { params: { path: { id } } }));
}

/** What is owed, in words. */
export function feeWords({ fee_due, currency }: Pick<Appointment, "fee_due" | "currency">): string {
  return isPositive(fee_due) ? say(texts.fee_due, { fee: money(fee_due, currency) }) : texts.no_fee;
}

async function freshen(id: number, onchanged: (fresh: Appointment) => void): Promise<void> {
  try {
    onchanged(await loadAppointment(id));
  } catch (error) {
    wordsOf(error); // said already: the refusal; what is shown is asked for again anyway
  }
}

function wayBack(fresh: Appointment, onchanged: (fresh: Appointment) => void) {
  const run = () => {
    underWay.delete(fresh.id); // whoever takes a step back at once means it
    void takeStep("arrive", fresh, onchanged);
  };
  return { label: texts.steps.came_after_all, run };
}
