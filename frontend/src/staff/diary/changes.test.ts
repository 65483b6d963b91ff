import { afterEach, expect, test, vi } from "vitest";

import { Clock } from "$lib/time";

import { Changes } from "./changes.svelte";
import type { Appointment, Diary } from "./diary.svelte";

vi.mock("../clinic.svelte", () => ({ clinic: () => ({ clock: new Clock("Europe/London") }) }));
vi.mock("./glide", () => ({ glide: async (_: string, change: () => void) => change() }));
vi.stubGlobal("document", { cookie: "" });
afterEach(() => vi.unstubAllGlobals());

const to = { startsAt: "2026-11-24T20:00:00Z", endsAt: "2026-11-24T21:00:00Z", therapist: 1 };
const booked = (id: number, name: string) =>
  ({
    id,
    version: 1,
    client: { id, name },
    minutes: 60,
    starts_at: "2026-11-24T10:00:00Z",
    ends_at: "2026-11-24T11:00:00Z",
    therapist: 1,
  }) as Appointment;

test("two changes that need a reason ask for it one after the other", async () => {
  const refusal = { code: "slot_unavailable", reason: "outside_hours", detail: "We are closed then." };
  vi.stubGlobal("fetch", async () => Response.json(refusal, { status: 409 }));
  const given: number[] = [];
  const diary = {
    place: () => undefined,
    refresh: async () => undefined,
    unplace: (_: string, id: number) => given.push(id),
  };
  const changes = new Changes(diary as unknown as Diary);

  const both = Promise.all([changes.reschedule(booked(1, "Ada"), to), changes.reschedule(booked(2, "Ben"), to)]);
  await vi.waitUntil(() => changes.question?.client === "Ada");
  changes.question?.answer(null);
  await vi.waitUntil(() => changes.question?.client === "Ben");
  changes.question?.answer(null);
  await both;

  expect(given).toEqual([1, 2]);
  expect(changes.waiting.size).toBe(0);
  expect(changes.question).toBeUndefined();
});
