import { expect, test } from "vitest";

import { answeredCount, type Answers, asksFollowUps, asSent, isStopped, noAnswers } from "./answers";

const shoes = {
  slug: "shoes",
  name: "Shoes",
  question: "How often?",
  text_html: "",
  follow_ups: [{ slug: "inner-edge", name: "Inner edge" }],
};
const knees = { ...shoes, slug: "knees", follow_ups: [] };
const questions = [
  { slug: "chest", name: "Chest", question: "Chest?", level: "emergency" as const },
  { slug: "pregnant", name: "Pregnant", question: "Pregnant?", level: "review" as const },
];
const given = (some: Partial<Answers>): Answers => ({ ...noAnswers(), ...some });

test("only a yes that is more than a review stops the guide", () => {
  expect(isStopped(given({}), questions)).toBe(false);
  expect(isStopped(given({ safety: ["pregnant"] }), questions)).toBe(false);
  expect(isStopped(given({ safety: ["pregnant", "chest"] }), questions)).toBe(true);
});

test("never is an answer, nothing is none", () => {
  expect(answeredCount(given({ degrees: { shoes: 0 } }), [shoes, knees])).toBe(1);
});

test("follow-ups are asked after sometimes and more, where there are any", () => {
  expect(asksFollowUps(given({}), shoes)).toBe(false);
  expect(asksFollowUps(given({ degrees: { shoes: 0 } }), shoes)).toBe(false);
  expect(asksFollowUps(given({ degrees: { shoes: 1 } }), shoes)).toBe(true);
  expect(asksFollowUps(given({ degrees: { knees: 3 } }), knees)).toBe(false);
});

test("ticks under a never are not sent, and come back with the answer", () => {
  const answers = given({ degrees: { shoes: 0, knees: 2 }, ticked: { shoes: ["inner-edge"], knees: [] } });

  expect(asSent(answers)).toEqual({ answers: { shoes: 0, knees: 2 }, safety: [], follow_ups: {} });
  answers.degrees.shoes = 2;
  expect(asSent(answers).follow_ups).toEqual({ shoes: ["inner-edge"] });
});
