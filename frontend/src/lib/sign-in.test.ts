import { describe, expect, test } from "vitest";

import { mistakesIn, needsPasswordAgain, nextAddress, placeFor, readAnswer, stepAfter } from "./sign-in";

const waitingFor = (id: string) => readAnswer(401, { data: { flows: [{ id: "login" }, { id, is_pending: true }] } });

describe("what comes next", () => {
  test.each([
    [waitingFor("mfa_authenticate"), "give_second_factor"],
    [waitingFor("login_by_code"), "give_code"],
    [waitingFor("something_new"), "start"],
    [readAnswer(401, { data: { flows: [{ id: "login_by_code" }] } }), "start"],
    [readAnswer(200, { data: { user: {} } }), "signed_in"],
    [readAnswer(502, {}), "start"],
  ])("is told by the answer", (answer, step) => {
    expect(stepAfter(answer)).toBe(step);
  });
});

test("the password is asked for again where that would help", () => {
  const refused = (id: string) => readAnswer(401, { data: { flows: [{ id }] } });
  expect(needsPasswordAgain(refused("reauthenticate"))).toBe(true);
  expect(needsPasswordAgain(refused("login"))).toBe(false);
});

describe("mistakes", () => {
  test("stand beside their fields, in our words where we have some", () => {
    const errors = [
      { code: "incorrect_code", message: "Incorrect code.", param: "code" },
      { code: "of_theirs", message: "Words of theirs.", param: "code" },
      { code: "of_nobody", message: "Of no field." },
    ];
    expect(mistakesIn(readAnswer(400, { errors }))).toEqual({
      code: "That code is not right. Words of theirs.",
      "": "Of no field.",
    });
  });

  test("are told of in any case", () => {
    expect(mistakesIn(readAnswer(500, {}))[""]).toMatch(/\w/);
    expect(mistakesIn(readAnswer(429, { errors: [] }))[""]).toMatch(/Too many/);
  });
});

describe("the next address", () => {
  const origin = "https://clinic.example";
  test.each([
    ["/staff/diary/?day=2026-11-23", "/staff/diary/?day=2026-11-23"],
    ["/manage/ABC#x", "/manage/ABC#x"],
    ["//evil.example/", null],
    ["/\\evil.example/", null],
    ["/\t/evil.example/", null],
    ["/.//evil.example/", null],
    ["/staff/..//evil.example/", null],
    ["/.\\/evil.example/", null],
    ["https://evil.example/", null],
    ["https://clinic.example.evil.example/", null],
    ["javascript:alert(1)", null],
    ["staff/", null],
    ["", null],
  ])("%s leads to %s", (next, address) => {
    expect(nextAddress(`?next=${encodeURIComponent(next)}`, origin)).toBe(address);
  });

  test("is none where none is asked for", () => {
    expect(nextAddress("", origin)).toBeNull();
  });
});

test.each([
  ["client", null, "/account/"],
  ["therapist", null, "/staff/"],
  ["owner", null, "/staff/"],
  ["client", "/manage/AAAA", "/manage/AAAA"],
  ["therapist", "/staff/diary/?view=week", "/staff/diary/?view=week"],
  ["owner", "/admin/", "/admin/"],
  // Places for others would send them back here, for ever.
  ["client", "/staff/", "/account/"],
  ["client", "/admin/", "/account/"],
  ["receptionist", "/admin/", "/staff/"],
  ["owner", "/sign-in/?next=/sign-in/", "/staff/"],
] as const)("a %s who wants %s goes to %s", (role, next, place) => {
  expect(placeFor(role, next)).toBe(place);
});
