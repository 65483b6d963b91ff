/*
 * What stands where in the grid: columns, the stretches behind the blocks, and the blocks. Pure.
 * All heights are positions of the axis, in minutes below the top.
 */
import type { Schema } from "$lib/api";
import { type Clock, clockMinutes, type LocalDate, minutesBetween, type Moment, plusMinutes } from "$lib/time";

import type { Axis, Stretch } from "./axis";
import type { Appointment, Hold, TimeOff } from "./diary.svelte";

export type Therapist = Schema["DiaryTherapist"];
/** A day of a therapist. */
export type Column = { key: string; date: LocalDate; therapist: Therapist };
export type Item =
  | { kind: "appointment"; key: string; row: Appointment }
  | { kind: "hold"; key: string; row: Hold }
  | { kind: "time_off"; key: string; row: TimeOff };
/** An item in a column. `lane` of `lanes` side by side; `before` and `after` are the heights of its buffers. */
export type Block = Item & {
  top: number;
  bottom: number;
  before: number;
  after: number;
  lane: number;
  lanes: number;
};
export type ColumnContent = { open: Stretch[]; gaps: Stretch[]; blocks: Block[] };

const ALWAYS_SHOWN: Stretch = { from: clockMinutes("07:00"), to: clockMinutes("20:00") };
const HOUR = 60;

/** Days from left to right, and within a day its therapists. */
export function columnsOf(dates: readonly LocalDate[], therapists: readonly Therapist[]): Column[] {
  return dates.flatMap((date) =>
    therapists.map((therapist) => ({ key: columnKey(date, therapist.id), date, therapist })),
  );
}

function columnKey(date: LocalDate, therapist: number): string {
  return `${date} ${therapist}`;
}

/** The wall minutes to show: whole hours, from the first to the last of hours, appointments and short time off. */
export function shownHours(diary: Schema["Diary"], dates: readonly LocalDate[], clock: Clock): Stretch {
  let { from, to } = ALWAYS_SHOWN;
  const take = (starts: Moment, ends: Moment) => {
    const first = clock.wallOf(starts);
    const last = clock.wallOf(plusMinutes(ends, -1));
    if (dates.includes(first.date)) from = Math.min(from, Math.floor(first.minutes / HOUR) * HOUR);
    if (dates.includes(last.date)) to = Math.max(to, (Math.floor(last.minutes / HOUR) + 1) * HOUR);
    if (first.date !== last.date && dates.includes(last.date)) from = 0;
    if (first.date !== last.date && dates.includes(first.date)) to = 24 * HOUR;
  };
  for (const each of [...diary.working_hours, ...diary.appointments, ...diary.holds])
    take(each.starts_at, each.ends_at);
  for (const each of diary.time_off) {
    // Days off reach from midnight to midnight: they are seen in any hours.
    const isWithinOneDay = clock.dateOf(each.starts_at) === clock.dateOf(each.ends_at);
    if (isWithinOneDay && clock.wallOf(each.starts_at).minutes > 0) take(each.starts_at, each.ends_at);
  }
  return { from, to };
}

export function layColumn(column: Column, diary: Schema["Diary"], axis: Axis): ColumnContent {
  const stretch = (starts: Moment, ends: Moment): Stretch => ({
    from: axis.positionOf(starts, column.date),
    to: axis.endPositionOf(ends, column.date),
  });
  const isHere = (row: { therapist: number | null; starts_at: string; ends_at: string }) => {
    if (row.therapist !== column.therapist.id || !axis.isOn(column.date, row.starts_at, row.ends_at)) return false;
    const { from, to } = stretch(row.starts_at, row.ends_at);
    return to > from;
  };
  const items: Item[] = [
    ...diary.appointments.filter(isHere).map((row) => ({ kind: "appointment", key: `a${row.id}`, row }) as const),
    ...diary.holds.filter(isHere).map((row) => ({ kind: "hold", key: `h${row.id}`, row }) as const),
    ...diary.time_off.filter(isHere).map((row) => ({ kind: "time_off", key: `t${row.id}`, row }) as const),
  ];
  const blocks = items.map((item) => {
    const { from: top, to: bottom } = stretch(item.row.starts_at, item.row.ends_at);
    return { ...item, top, bottom, ...buffersOf(item, stretch), lane: 0, lanes: 1 };
  });
  return {
    open: diary.working_hours.filter(isHere).map((each) => stretch(each.starts_at, each.ends_at)),
    gaps: axis.gapsOf(column.date),
    blocks: sideBySide(blocks),
  };
}

function buffersOf(item: Item, stretch: (starts: Moment, ends: Moment) => Stretch): { before: number; after: number } {
  if (item.kind !== "appointment") return { before: 0, after: 0 };
  const { starts_at, ends_at, buffer_before_minutes, buffer_after_minutes } = item.row;
  const before = stretch(plusMinutes(starts_at, -buffer_before_minutes), starts_at);
  const after = stretch(ends_at, plusMinutes(ends_at, buffer_after_minutes));
  return { before: before.to - before.from, after: Math.max(0, after.to - after.from) };
}

export function startOf(item: Item): Date {
  return new Date(item.row.starts_at);
}

/** In minutes. */
export function lengthOf(item: Item): number {
  return minutesBetween(item.row.starts_at, item.row.ends_at);
}

/** In order of time; blocks that share a moment get lanes of their own, as few as will do. */
export function sideBySide<Placed extends { top: number; bottom: number; lane: number; lanes: number }>(
  blocks: Placed[],
): Placed[] {
  const inOrder = blocks.toSorted((a, b) => a.top - b.top || b.bottom - a.bottom);
  let cluster: Placed[] = [];
  let lanes: number[] = []; // where each lane is free again
  const close = () => {
    for (const block of cluster) block.lanes = lanes.length;
    cluster = [];
    lanes = [];
  };
  for (const block of inOrder) {
    if (lanes.every((end) => end <= block.top)) close();
    const free = lanes.findIndex((end) => end <= block.top);
    block.lane = free === -1 ? lanes.length : free;
    lanes[block.lane] = block.bottom;
    cluster.push(block);
  }
  close();
  return inOrder;
}
