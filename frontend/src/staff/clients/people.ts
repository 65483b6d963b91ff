// What is said of a person: their name in full, their age, how to reach them.
import { type Schema } from "$lib/api";
import type { LocalDate } from "$lib/time";

/** For `dayName`: 3 Feb 1980. */
export const birthday: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };

/** The name on papers, where another one is used: "Elizabeth Example" of Lizzy Example; else nothing. */
export function otherName(client: Schema["ClientSummary"]): string {
  const full = `${client.first_name} ${client.last_name}`.trim();
  return full === client.display_name ? "" : full;
}

/** Whole years on a day. Who was born on 29 February is a year older on 1 March of a common year. */
export function ageOn(day: LocalDate, born: LocalDate): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5) < born.slice(5) ? years - 1 : years;
}

/** What was typed into a search, put where it belongs in a new record. */
export function splitName(typed: string): { first_name: string; last_name: string; phone: string; email: string } {
  const nothing = { first_name: "", last_name: "", phone: "", email: "" };
  if (typed.includes("@")) return { ...nothing, email: typed };
  if (/^[+(]?\d[\d ()./-]*$/.test(typed)) return { ...nothing, phone: typed };
  const [first = "", ...rest] = typed.split(/\s+/);
  return { ...nothing, first_name: first, last_name: rest.join(" ") };
}

/** A British number as people write it, 07700 900123 or 020 7946 0010; any other one as it is stored. */
export function readablePhone(e164: string): string {
  const national = /^\+44(\d{10})$/.exec(e164)?.[1];
  if (!national) return e164;
  // Area codes that begin with 2 have two digits; nearly all others have four.
  return national.startsWith("2")
    ? `0${national.slice(0, 2)} ${national.slice(2, 6)} ${national.slice(6)}`
    : `0${national.slice(0, 4)} ${national.slice(4)}`;
}

/** Where a click on an address leads. A "?" in one would otherwise add recipients, or words, to the mail. */
export function mailLink(email: string): string {
  return `mailto:${email.split("@").map(encodeURIComponent).join("@")}`;
}
