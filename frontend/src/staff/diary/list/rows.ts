// The diary as the lines of a list: appointments, time off and holds of each day, in order of time. Pure.
import type { Schema } from "$lib/api";
import type { Clock, LocalDate } from "$lib/time";

import type { Appointment, Steppable } from "../../appointments/steps";

export type Visit = Steppable &
  Pick<Schema["DiaryAppointment"], "ends_at" | "treatment" | "minutes" | "room" | "is_first_visit"> & {
    therapist: number;
    client: Schema["AppointmentClient"];
    needs_review?: boolean;
  };
export type Row =
  | { kind: "visit"; key: string; visit: Visit }
  | { kind: "time_off"; key: string; off: Schema["DiaryTimeOff"] }
  | { kind: "hold"; key: string; hold: Schema["DiaryHold"] };
export type Day = { date: LocalDate; rows: Row[] };

/** An appointment as its own call gives it, in the diary's shape. */
export function visitOf({ therapist, ...appointment }: Schema["Appointment"]): Visit {
  return { ...appointment, therapist: therapist.id };
}

/** `visit` as it is after a change of ours that the diary has not told yet. */
export function latest(visit: Visit, changed: Appointment | undefined): Visit {
  return changed && changed.version > visit.version ? visitOf(changed) : visit;
}

/** The lines of `dates`. What lasts over midnight stands on each of its days. */
export function daysOf(diary: Schema["Diary"], visits: Visit[], dates: LocalDate[], clock: Clock): Day[] {
  const rows: Row[] = [
    ...diary.time_off.map((off): Row => ({ kind: "time_off", key: `off ${off.id}`, off })),
    ...diary.holds.map((hold): Row => ({ kind: "hold", key: `hold ${hold.id}`, hold })),
    ...visits.map((visit): Row => ({ kind: "visit", key: `visit ${visit.id}`, visit })),
  ];
  return dates.map((date) => ({
    date,
    rows: rows
      .filter((row) => {
        const { starts_at, ends_at } = timeOf(row);
        // An end at midnight belongs to the day before.
        const last = clock.dateOf(new Date(new Date(ends_at).getTime() - 1));
        return clock.dateOf(starts_at) <= date && date <= last;
      })
      .sort((one, other) => startOf(one) - startOf(other)),
  }));
}

export function timeOf(row: Row): { starts_at: string; ends_at: string } {
  return row.kind === "visit" ? row.visit : row.kind === "hold" ? row.hold : row.off;
}

function startOf(row: Row): number {
  return new Date(timeOf(row).starts_at).getTime();
}
