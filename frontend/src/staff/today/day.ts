// What of the day's answer is shown where.
import type { Schema } from "$lib/api";
import { today as texts } from "$texts";

export type Today = Schema["Today"];
export type Appointment = Schema["DiaryAppointment"];

const NOON = 12 * 60;
const EVENING = 17 * 60;

/** By the clinic's clock, in minutes after midnight. */
export function greetingAt(minutes: number): string {
  if (minutes < NOON) return texts.greeting.morning;
  return minutes < EVENING ? texts.greeting.afternoon : texts.greeting.evening;
}

/** The rest of today's appointments, without those that are shown as next. */
export function laterOnes(day: Appointment[], next: Appointment[], now: Date): Appointment[] {
  const shown = new Set(next.map((each) => each.id));
  return day.filter((each) => !shown.has(each.id) && new Date(each.ends_at) > now);
}

/** Whether there is nothing at all to be done but to see clients. */
export function isCalm(today: Today): boolean {
  return !today.unwritten_count && !today.unsigned_count && !today.failed_messages.length && !today.gaps.length;
}
