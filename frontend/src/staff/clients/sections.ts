// The parts of a client's page. What a role may not read has no part here, and the server has none for it either.
import { mayReadClinical } from "../clinic.svelte";

const FOR_ALL = ["history", "details", "consents"] as const;
const CLINICAL = ["notes", "measurements", "intake", "body-charts", "home-care"] as const;
export type SectionName = (typeof FOR_ALL)[number] | (typeof CLINICAL)[number];

export function sectionsForRole(): SectionName[] {
  const [history, ...others] = FOR_ALL;
  return mayReadClinical() ? [history, ...CLINICAL, ...others] : [...FOR_ALL];
}

/** The section an address means: the history where it names none that there is. */
export function sectionOf(query: URLSearchParams): SectionName {
  return sectionsForRole().find((name) => name === query.get("section")) ?? "history";
}
