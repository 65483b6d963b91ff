/*
 * Where something would be if it were let go: positions snapped to the grid, and turned into moments. Pure.
 * Null: nothing can stand there, because that time does not exist on that day.
 */
import { plusMinutes } from "$lib/time";

import type { Axis } from "./axis";
import type { Column } from "./layout";

export type Target = { column: Column; startsAt: Date; endsAt: Date; top: number; bottom: number };

/** `minutes` long, beginning on the line of the grid nearest to `position`. */
export function targetAt(
  position: number,
  minutes: number,
  { column, axis, grid }: { column: Column; axis: Axis; grid: number },
): Target | null {
  const last = axis.length - Math.min(grid, minutes);
  const startsAt = axis.momentAt(Math.min(Math.max(snap(position, axis, grid), 0), last), column.date);
  return startsAt && made(startsAt, plusMinutes(startsAt, minutes), column, axis);
}

/** From `startsAt` to the offered length nearest to `position`; without `lengths`, to the nearest line of the grid. */
export function stretchedTo(
  position: number,
  startsAt: Date,
  { column, axis, grid, lengths }: { column: Column; axis: Axis; grid: number; lengths: readonly number[] | undefined },
): Target | null {
  const top = axis.positionOf(startsAt, column.date);
  if (lengths) {
    const wanted = position - top;
    const nearest = lengths.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best));
    return made(startsAt, plusMinutes(startsAt, nearest), column, axis);
  }
  const bottom = Math.min(Math.max(snap(position, axis, grid), top + grid), axis.length);
  const endsAt = axis.endMomentAt(bottom, column.date);
  return endsAt && endsAt > startsAt ? made(startsAt, endsAt, column, axis) : null;
}

/** All of the grid's cells between two positions, whichever is first. */
export function between(
  one: number,
  other: number,
  { column, axis, grid }: { column: Column; axis: Axis; grid: number },
): Target | null {
  const top = Math.max(floor(Math.min(one, other), axis, grid), 0);
  const bottom = Math.min(floor(Math.max(one, other), axis, grid) + grid, axis.length);
  const [startsAt, endsAt] = [axis.momentAt(top, column.date), axis.endMomentAt(bottom, column.date)];
  return startsAt && endsAt && endsAt > startsAt ? made(startsAt, endsAt, column, axis) : null;
}

function made(startsAt: Date, endsAt: Date, column: Column, axis: Axis): Target {
  const { date } = column;
  return { column, startsAt, endsAt, top: axis.positionOf(startsAt, date), bottom: axis.endPositionOf(endsAt, date) };
}

// The grid counts from midnight, not from the top of what is shown.
function snap(position: number, axis: Axis, grid: number): number {
  return Math.round((position + axis.from) / grid) * grid - axis.from;
}

function floor(position: number, axis: Axis, grid: number): number {
  return Math.floor((position + axis.from) / grid) * grid - axis.from;
}
