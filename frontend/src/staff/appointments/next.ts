// The next visit after one: the same again, some weeks on, at the same time by the clinic's clock.
import { plusDays } from "$lib/time";

import { clinic } from "../clinic.svelte";
import type { Appointment } from "./steps";

/** What the dialogue for a new appointment starts with. */
export type Next = {
  startsAt: string;
  therapist: number;
  client: { id: number; name: string };
  treatment: string;
  minutes: number;
};

export function prefilledAfter(appointment: Appointment, weeks: number): Next {
  const { clock } = clinic();
  const { date, minutes } = clock.wallOf(appointment.starts_at);
  const day = plusDays(date, 7 * weeks);
  const startsAt = clock.instantOf(day, minutes) ?? clock.startOfDay(day);
  return {
    startsAt: startsAt.toISOString(),
    therapist: appointment.therapist.id,
    client: { id: appointment.client.id, name: appointment.client.name },
    treatment: appointment.treatment.slug,
    minutes: appointment.minutes,
  };
}
