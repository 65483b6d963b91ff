// What the kinds of messages are called. The server names them; reminders carry their hours: `reminder-24h`.
import { count } from "$lib/texts";
import { message_log as texts } from "$texts";

const REMINDER = /^reminder-(\d+)h$/;
/** Those that every clinic sends; which reminders there are is the owner's choice. */
export const USUAL_KINDS = ["confirmation", "moved", "cancelled", "cancelled-by-clinic"];

export function kindName(kind: string): string {
  const hours = Number(REMINDER.exec(kind)?.[1]);
  if (hours) {
    const days = hours / 24;
    return Number.isInteger(days) && days > 1 ? count(texts.reminder_days, days) : count(texts.reminder_hours, hours);
  }
  const names: Record<string, string> = texts.kinds;
  return names[kind] ?? kind;
}

/** Every kind that can be asked for: the usual ones and those that were met, in the order of the list of names. */
export function kindsMet(kinds: Iterable<string>): string[] {
  const others = [...new Set(kinds)].filter((kind) => !USUAL_KINDS.includes(kind)).sort(byHours);
  return [...USUAL_KINDS, ...others];
}

function byHours(one: string, other: string): number {
  return Number(REMINDER.exec(one)?.[1] ?? 0) - Number(REMINDER.exec(other)?.[1] ?? 0) || one.localeCompare(other);
}
