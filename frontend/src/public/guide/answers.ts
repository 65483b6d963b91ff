// What a visitor answers, and what of it is sent. Pure.
import type { Schema } from "$lib/api";
import type { SentAnswers } from "$lib/travelling-answers";

export type Answers = {
  /** Safety questions answered with yes. */
  safety: string[];
  /** Indicator -> 0 never .. 3 always; one that is not in here was not answered, which counts as never. */
  degrees: Record<string, number>;
  /** Indicator -> follow-ups ticked under it. */
  ticked: Record<string, string[]>;
};

export function noAnswers(): Answers {
  return { safety: [], degrees: {}, ticked: {} };
}

/** Whether a safety answer ends the guide: then only advice may follow. */
export function isStopped(answers: Answers, questions: Schema["SafetyQuestion"][]): boolean {
  return questions.some((question) => question.level !== "review" && answers.safety.includes(question.slug));
}

export function answeredCount(answers: Answers, indicators: Schema["Indicator"][]): number {
  return indicators.filter((indicator) => indicator.slug in answers.degrees).length;
}

/** Follow-ups are a closer look at what was noticed: after "never" there is nothing to look at. */
export function asksFollowUps(answers: Answers, indicator: Schema["Indicator"]): boolean {
  return indicator.follow_ups.length > 0 && (answers.degrees[indicator.slug] ?? 0) > 0;
}

/** What was ticked under a question that now says "never" stays with the visitor and is not sent. */
export function asSent(answers: Answers): SentAnswers {
  const ticked = Object.entries(answers.ticked).filter(
    ([indicator, slugs]) => slugs.length && (answers.degrees[indicator] ?? 0) > 0,
  );
  return {
    answers: { ...answers.degrees },
    safety: [...answers.safety],
    follow_ups: Object.fromEntries(ticked.map(([indicator, slugs]) => [indicator, [...slugs]])),
  };
}
