// Texts of the catalogue with what varies filled in. The catalogue itself is imported as `$texts`.
import { locale } from "$texts";

export type Values = Record<string, string | number>;
export type Counted = { one: string; other: string; zero?: string };

const plurals = new Intl.PluralRules(locale);

/** `text` with each {name} replaced by its value. */
export function say(text: string, values: Values): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The form of `text` that goes with `n`, with {n} and the other values filled in. */
export function count(text: Counted, n: number, values: Values = {}): string {
  const form = n === 0 && text.zero !== undefined ? text.zero : plurals.select(n) === "one" ? text.one : text.other;
  return say(form, { n, ...values });
}
