import type { Schema } from "$lib/api";

type Consent = Schema["Consent"];

/** Of decisions, the latest first, the one that holds for each person and purpose. */
export function latestDecisions(consents: Consent[]): Consent[] {
  const holding = new Map<string, Consent>();
  for (const consent of consents) {
    const key = `${consent.client} ${consent.purpose}`;
    if (!holding.has(key)) holding.set(key, consent);
  }
  return [...holding.values()];
}
