// What became of an appointment, event by event, in words.
import type { Schema } from "$lib/api";
import { money } from "$lib/money";
import { say } from "$lib/texts";
import type { Clock } from "$lib/time";
import { appointments as texts } from "$texts";

type Event = Schema["AppointmentEvent"];
type Known = { clock: Clock; currency: string; therapists: { id: number; name: string }[] };

/** `what` happened, with `details` one by one. An action or a change that has no words here is left as it is named. */
export function wordsOfEvent(event: Event, known: Known): { what: string; details: string[] } {
  const actions: Record<string, string> = texts.history.actions;
  const changes = Object.entries(event.changes as Record<string, [string | null, string | null]>);
  const details = changes.map(([field, [before, after]]) => wordsOfChange(field, before, after, known)).filter(Boolean);
  return { what: actions[event.action] ?? event.action, details };
}

function wordsOfChange(field: string, before: string | null, after: string | null, known: Known): string {
  const { clock, currency, therapists } = known;
  const nameOf = (id: string | null) =>
    therapists.find((each) => String(each.id) === id)?.name ?? texts.history.another;
  const { changes } = texts.history;
  switch (field) {
    case "starts_at":
      return say(changes.starts_at, { from: momentWords(clock, before), to: momentWords(clock, after) });
    case "therapist":
      return say(changes.therapist, { from: nameOf(before), to: nameOf(after) });
    case "minutes":
      return say(changes.minutes, { from: before ?? "", to: after ?? "" });
    case "price":
      return say(changes.price, { from: money(before ?? "0", currency), to: money(after ?? "0", currency) });
    case "fee_due":
      return say(changes.fee_due, { to: money(after ?? "0", currency) });
    case "room":
      return changes.room;
    case "location":
      return changes.location;
    default:
      return "";
  }
}

function momentWords(clock: Clock, at: string | null): string {
  return at ? `${clock.shortDay(at)} ${clock.time(at)}` : "";
}
