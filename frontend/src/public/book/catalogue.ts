// What the clinic offers: fetched once, when the page opens.
import { api, ask, type Schema } from "$lib/api";
import { Clock } from "$lib/time";

import type { Choices } from "./address";

export type Treatment = Schema["Treatment"];
export type Length = Treatment["options"][number];
export type Therapist = Schema["Therapist"];
export type Catalogue = {
  clinic: Schema["Clinic"];
  clock: Clock;
  treatments: Treatment[];
  therapists: Therapist[];
  questions: Schema["SafetyQuestion"][];
};

const USUAL_MINUTES = 60;

export async function fetchCatalogue(): Promise<Catalogue> {
  const [clinic, treatments, therapists, guide] = await Promise.all([
    ask(api.GET("/api/v1/clinic/")),
    ask(api.GET("/api/v1/treatments/")),
    ask(api.GET("/api/v1/therapists/")),
    ask(api.GET("/api/v1/guide/")),
  ]);
  return {
    clinic,
    clock: new Clock(clinic.time_zone),
    treatments: treatments.filter((treatment) => treatment.options.length),
    therapists,
    questions: guide.safety_questions,
  };
}

/** The lengths' usual choice: the one nearest to an hour. */
export function usualLength(treatment: Treatment): number {
  const distance = (option: Length) => Math.abs(option.minutes - USUAL_MINUTES);
  return [...treatment.options].sort((a, b) => distance(a) - distance(b))[0]?.minutes ?? 0;
}

export function therapistsFor(treatment: Treatment, therapists: Therapist[]): Therapist[] {
  return therapists.filter((therapist) => therapist.treatments.includes(treatment.slug));
}

/** `choices` with what is not offered (any more) replaced: an old link leads to the nearest that is. */
export function offeredChoices(choices: Choices, { treatments, therapists }: Catalogue): Choices {
  const treatment = treatments.find((each) => each.slug === choices.treatment);
  if (!treatment) return { ...choices, treatment: "", minutes: 0, therapist: undefined };
  const isOffered = treatment.options.some((option) => option.minutes === choices.minutes);
  const others = therapistsFor(treatment, therapists);
  const isThere = others.length > 1 && others.some((therapist) => therapist.id === choices.therapist);
  return {
    ...choices,
    minutes: isOffered ? choices.minutes : usualLength(treatment),
    therapist: isThere ? choices.therapist : undefined,
  };
}
