import { expect, test } from "vitest";

import type { Schema } from "$lib/api";

import { latestDecisions } from "./consents";

const decision = (id: string, client: number, purpose: string) => ({ id, client, purpose }) as Schema["Consent"];

test("the latest decision holds, for each person and purpose by itself", () => {
  const holding = latestDecisions([
    decision("withdrawn", 1, "marketing"),
    decision("of the child", 2, "marketing"),
    decision("given", 1, "marketing"),
    decision("notice", 1, "privacy-notice"),
  ]);

  expect(holding.map((each) => each.id)).toEqual(["withdrawn", "of the child", "notice"]);
});
