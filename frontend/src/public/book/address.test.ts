import { describe, expect, test } from "vitest";

import { addressOf, NO_CHOICES, readChoices } from "./address";

const read = (path: string, base = "/book/") => readChoices(new URL(path, "https://clinic.example"), base);

describe("the address of the booking page", () => {
  test.each([
    "/book/",
    "/book/calf-release",
    "/book/calf-release?minutes=60",
    "/book/calf-release?minutes=60&therapist=3&date=2026-11-24",
    "/book/calf-release?minutes=60&date=2026-11-24&step=details",
  ])("%s is read and written alike", (path) => {
    const { choices, isAtDetails } = read(path);
    expect(addressOf(choices, "/book/", { isAtDetails })).toBe(path);
  });

  test("takes the treatment from the query too, and a slash at its end", () => {
    expect(read("/book/?treatment=calf-release").choices.treatment).toBe("calf-release");
    expect(read("/book/calf-release/?minutes=45").choices).toEqual({
      ...NO_CHOICES,
      treatment: "calf-release",
      minutes: 45,
    });
  });

  test("keeps to its own pages when it is shown on another site", () => {
    expect(read("/embed/book/calf-release", "/embed/book/").choices.treatment).toBe("calf-release");
    expect(addressOf({ ...NO_CHOICES, treatment: "calf-release" }, "/embed/book/")).toBe("/embed/book/calf-release");
  });

  test("what cannot be decoded is no treatment, and no fault", () => {
    expect(read("/book/%E0%A4%A").choices.treatment).toBe("%E0%A4%A");
  });

  test("what makes no sense in it counts as not chosen", () => {
    expect(read("/book/x?minutes=-5&therapist=tom&date=2026-02-30").choices).toEqual({ ...NO_CHOICES, treatment: "x" });
  });
});
