// The choices of a booking as the page's address keeps them: for reloading, going back, and links from outside.
import { isLocalDate, type LocalDate } from "$lib/time";

export type Choices = { treatment: string; minutes: number; therapist: number | undefined; date: LocalDate };

export const NO_CHOICES: Choices = { treatment: "", minutes: 0, therapist: undefined, date: "" };

/** What an address says was chosen; what it says wrongly counts as not chosen. */
export function readChoices(
  address: Pick<URL, "pathname" | "search">,
  base: string,
): { choices: Choices; isAtDetails: boolean } {
  const { pathname } = address;
  const query = new URLSearchParams(address.search);
  const slug = pathname.startsWith(base) ? pathname.slice(base.length).replaceAll("/", "") : "";
  const date = query.get("date") ?? "";
  return {
    choices: {
      treatment: slug || (query.get("treatment") ?? ""), // a name in an address has nothing to decode
      minutes: wholeNumber(query.get("minutes")) ?? 0,
      therapist: wholeNumber(query.get("therapist")),
      date: isLocalDate(date) ? date : "",
    },
    isAtDetails: query.get("step") === "details",
  };
}

export function addressOf(choices: Choices, base: string, { isAtDetails = false } = {}): string {
  const { treatment, minutes, therapist, date } = choices;
  if (!treatment) return base;
  const query = new URLSearchParams();
  if (minutes) query.set("minutes", String(minutes));
  if (therapist) query.set("therapist", String(therapist));
  if (date) query.set("date", date);
  if (isAtDetails) query.set("step", "details");
  return `${base}${encodeURIComponent(treatment)}${query.size ? `?${query}` : ""}`;
}

function wholeNumber(text: string | null): number | undefined {
  return text && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
