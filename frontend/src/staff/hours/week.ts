// A therapist's week as it is being edited, and what has to be told to the server to make it so.
import type { Schema } from "$lib/api";

export type Row = Schema["WorkingHours"];
/** One stretch of one weekday. Texts as the fields hold them: "09:30", "2027-01-31", or empty. */
export type Stretch = {
  key: number;
  id: number | undefined;
  weekday: number;
  starts: string;
  ends: string;
  location: number;
  validFrom: string;
  validUntil: string;
};

let lastKey = 0;

export function stretchesOf(rows: Row[]): Stretch[] {
  return rows.map((row) => ({
    key: ++lastKey,
    id: row.id,
    weekday: row.weekday,
    starts: row.starts,
    ends: row.ends,
    location: row.location,
    validFrom: row.valid_from ?? "",
    validUntil: row.valid_until ?? "",
  }));
}

/** Another stretch of that day: after the last one there is, or else as on the day before it that has one. */
export function nextStretch(week: Stretch[], weekday: number, location: number): Stretch {
  const made = { key: ++lastKey, id: undefined, weekday, validFrom: "", validUntil: "" };
  const present = week.filter((each) => each.weekday === weekday);
  const last = present.at(-1);
  if (last) return { ...made, starts: last.ends === "00:00" ? "" : last.ends, ends: "", location: last.location };
  const model = week.filter((each) => each.weekday < weekday).at(-1) ?? week[0];
  return {
    ...made,
    starts: model?.starts ?? "09:00",
    ends: model?.ends ?? "17:00",
    location: model?.location ?? location,
  };
}

/** The rows that were changed or are new, in the order in which they are sent, and the ids of those that are gone. */
export function changesBetween(rows: Row[], week: Stretch[]): { changed: Stretch[]; removed: number[] } {
  const before = new Map(stretchesOf(rows).map((stretch) => [stretch.id, told(stretch)]));
  const kept = new Set(week.map((stretch) => stretch.id));
  return {
    changed: week.filter((stretch) => stretch.id === undefined || before.get(stretch.id) !== told(stretch)),
    removed: rows.map((row) => row.id).filter((id) => !kept.has(id)),
  };
}

export function asSent(stretch: Stretch): Schema["WeekRowRequest"] {
  const { id, weekday, starts, ends, location, validFrom, validUntil } = stretch;
  return {
    ...(id === undefined ? {} : { id }),
    weekday: weekday as Schema["WeekRowRequest"]["weekday"],
    starts,
    ends,
    location,
    valid_from: validFrom || null,
    valid_until: validUntil || null,
  };
}

function told(stretch: Stretch): string {
  return JSON.stringify(asSent(stretch));
}
