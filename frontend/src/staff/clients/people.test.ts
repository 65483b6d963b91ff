import { expect, test } from "vitest";

import { ageOn, mailLink, readablePhone, splitName } from "./people";

test.each([
  ["2026-11-23", "1980-11-23", 46],
  ["2026-11-22", "1980-11-23", 45],
  ["2027-02-28", "2008-02-29", 18],
  ["2027-03-01", "2008-02-29", 19],
  ["2026-11-23", "2026-11-23", 0],
])("on %s somebody born on %s is %i", (day, born, years) => {
  expect(ageOn(day, born)).toBe(years);
});

test.each([
  ["Ada Example", { first_name: "Ada", last_name: "Example", phone: "", email: "" }],
  ["ada maria van Example", { first_name: "ada", last_name: "maria van Example", phone: "", email: "" }],
  ["Ada", { first_name: "Ada", last_name: "", phone: "", email: "" }],
  ["ada@example.org", { first_name: "", last_name: "", phone: "", email: "ada@example.org" }],
  ["07700 900123", { first_name: "", last_name: "", phone: "07700 900123", email: "" }],
  ["", { first_name: "", last_name: "", phone: "", email: "" }],
])("%j goes into the fields it belongs to", (text, fields) => {
  expect(splitName(text)).toEqual(fields);
});

test.each([
  ["+447700900123", "07700 900123"],
  ["+442079460010", "020 7946 0010"],
  ["+33123456789", "+33123456789"],
  ["", ""],
])("%s is written %s", (stored, written) => {
  expect(readablePhone(stored)).toBe(written);
});

test.each([
  ["ada+clinic@example.org", "mailto:ada%2Bclinic@example.org"],
  ["ada?bcc=eve@example.org", "mailto:ada%3Fbcc%3Deve@example.org"],
])("a mail to %s goes there alone", (email, link) => {
  expect(mailLink(email)).toBe(link);
});
