// Measurements in words. Figures come as they were written down; nothing is judged here.
import type { Schema } from "$lib/api";
import { say } from "$lib/texts";
import { dayName } from "$lib/time";
import { record } from "$texts";

const texts = record.measurements;

const tests: Record<string, string> = texts.tests;
const units: Record<string, string> = texts.units;
const wordsOf: Record<string, string> = texts.words;

/** "knee-to-wall" -> "Knee to wall" */
export function nameOf(slug: string): string {
  const words = tests[slug] ?? slug.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A side, a grade, or what else is chosen from a list; what has no word here is left as it is named. */
export function wordFor(name: string): string {
  return wordsOf[name] ?? name;
}

/** The figure with its unit and what goes with it: "11.5 cm", "positive", "good, trunk". */
export function figureOf({ content, unit }: Pick<Schema["Measurement"], "content" | "unit">): string {
  const pairs = (of: Record<string, number> = {}) =>
    Object.entries(of).map(([name, figure]) => `${wordFor(name)} ${figure}`);
  return [
    content.positive === undefined ? "" : content.positive ? texts.positive : texts.negative,
    content.value === undefined ? "" : `${content.value} ${units[unit] ?? unit}`.trim(),
    wordFor(content.grade ?? ""),
    ...(content.faults ?? []).map(wordFor),
    ...(content.zones ?? []).map(wordFor),
    ...pairs(content.components),
    ...pairs(content.items),
    ...(content.activities ?? []).map((activity) => `${activity.name} ${activity.score}`),
    wordFor(content.position ?? ""),
    content.version ?? "",
    content.model ?? "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** "+2.5 since 26 Oct", and whether that is within measurement error where that is known. */
export function changeInWords({ change }: Pick<Schema["Measurement"], "change">): string {
  if (!change) return "";
  const by = change.by > 0 ? `+${change.by}` : String(change.by).replace("-", "−");
  const since = say(texts.since, { by, day: dayName(change.since_on, { day: "numeric", month: "short" }) });
  return change.is_within_measurement_error ? `${since}, ${texts.within_error}` : since;
}
