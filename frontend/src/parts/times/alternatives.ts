import { Refused } from "$lib/api";

export type Alternative = { starts_at: string; therapist: number };

/** The nearest free starts that came with a refusal because a time is gone; none for anything else. */
export function alternativesIn(error: unknown): Alternative[] {
  return error instanceof Refused ? ((error.problem.alternatives as Alternative[] | undefined) ?? []) : [];
}
