import { expect, test } from "vitest";

import { changed, emptyValues } from "./fields";

test("only what differs is sent, and an emptied date as none", () => {
  const before = { ...emptyValues(), first_name: "Ada", date_of_birth: "1980-02-29", phone: "+447700900123" };

  expect(changed({ ...before, first_name: " Ada ", date_of_birth: "", phone: "" }, before)).toEqual({
    date_of_birth: null,
    phone: "",
  });
});
