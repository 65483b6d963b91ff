// Which of the free times are shown. Pure.

export type FreeDay = { date: string; slots: { starts_at: string }[] };
export type ShownDay = { date: string; times: string[] };

const DAYS_AT_LEAST = 3;

/**
 * At most `count` times, from the first free day on: not all of them from one morning, but some of each of a few
 * days, the first and the last of each among them.
 */
export function pickTimes(days: FreeDay[], count: number): ShownDay[] {
  const perDay = Math.max(2, Math.ceil(count / DAYS_AT_LEAST));
  const shown: ShownDay[] = [];
  let left = count;
  for (const { date, slots } of days) {
    if (left <= 0) break;
    const times = spread(
      slots.map((slot) => slot.starts_at),
      Math.min(perDay, left),
    );
    if (times.length) shown.push({ date, times });
    left -= times.length;
  }
  return shown;
}

/** `count` entries, or all there are, as evenly apart as they come; in their order. */
export function spread<Entry>(entries: Entry[], count: number): Entry[] {
  if (entries.length <= count) return entries;
  if (count === 1) return entries.slice(0, 1);
  const step = (entries.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, place) => entries[Math.round(place * step)] as Entry);
}

/** How many a page asks for: a whole number from 1 to 30, else `usual`. */
export function countFrom(text: string | null, usual: number): number {
  const count = Number(text ?? usual);
  return Number.isInteger(count) && count >= 1 && count <= 30 ? count : usual;
}
