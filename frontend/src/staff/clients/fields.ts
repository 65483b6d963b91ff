// What staff may write into a client's record: as the form holds it, and as the server wants it.
import { type Schema } from "$lib/api";

const CORE = ["first_name", "last_name", "phone", "email", "date_of_birth"] as const;
const FURTHER = [
  "preferred_name",
  "address",
  "alert_line",
  "emergency_contact_name",
  "emergency_contact_phone",
  "gp_name",
  "gp_practice",
  "guardian_name",
  "guardian_phone",
  "guardian_relationship",
] as const;
export type FieldName = (typeof CORE)[number] | (typeof FURTHER)[number];
export type Values = Record<FieldName, string>;

const NAMES: readonly FieldName[] = [...CORE, ...FURTHER];

export function emptyValues(): Values {
  return Object.fromEntries(NAMES.map((name) => [name, ""])) as Values;
}

export function valuesOf(client: Schema["Client"]): Values {
  return Object.fromEntries(NAMES.map((name) => [name, client[name] ?? ""])) as Values;
}

/** What differs from `before`, as it is sent: an emptied date is null, every other emptied field is empty. */
export function changed(values: Values, before: Values): Partial<Schema["ClientFieldsRequest"]> {
  const names = NAMES.filter((name) => values[name].trim() !== before[name].trim());
  return Object.fromEntries(
    names.map((name) => [name, name === "date_of_birth" ? values[name] || null : values[name].trim()]),
  );
}
