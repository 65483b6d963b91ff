import { expect, test } from "vitest";

import { Clock } from "$lib/time";

import { NO_CHOICES } from "./address";
import { type Catalogue, offeredChoices, type Therapist, type Treatment, usualLength } from "./catalogue";

function treatment(slug: string, ...lengths: number[]): Treatment {
  return { slug, name: slug, options: lengths.map((minutes) => ({ minutes })) } as Treatment;
}
const therapist = (id: number, ...treatments: string[]) => ({ id, treatments }) as Therapist;

function catalogue(...therapists: Therapist[]): Catalogue {
  const treatments = [treatment("calf", 30, 60, 90), treatment("foot", 30, 45)];
  return {
    treatments,
    therapists,
    clock: new Clock("Europe/London"),
    questions: [],
    clinic: {} as Catalogue["clinic"],
  };
}

test("the usual length is the one nearest to an hour", () => {
  expect(usualLength(treatment("calf", 30, 60, 90))).toBe(60);
  expect(usualLength(treatment("foot", 30, 45))).toBe(45);
});

test("a link to a length that is not offered leads to the usual one", () => {
  const offered = offeredChoices({ ...NO_CHOICES, treatment: "foot", minutes: 60 }, catalogue());
  expect(offered.minutes).toBe(45);
  expect(offeredChoices({ ...NO_CHOICES, treatment: "calf", minutes: 90 }, catalogue()).minutes).toBe(90);
});

test("a link to a treatment that is gone leads to the choice of treatments, and keeps the day", () => {
  const offered = offeredChoices({ treatment: "gone", minutes: 60, therapist: 1, date: "2026-11-24" }, catalogue());
  expect(offered).toEqual({ ...NO_CHOICES, date: "2026-11-24" });
});

test("a therapist is asked for only where there is a choice and they give the treatment", () => {
  const wished = { ...NO_CHOICES, treatment: "calf", minutes: 60, therapist: 2 };
  expect(offeredChoices(wished, catalogue(therapist(1, "calf"), therapist(2, "calf"))).therapist).toBe(2);
  expect(offeredChoices(wished, catalogue(therapist(1, "calf"), therapist(2, "foot"))).therapist).toBeUndefined();
  expect(offeredChoices(wished, catalogue(therapist(2, "calf"))).therapist).toBeUndefined();
});
