// What a visitor fills in, and what the form itself can tell is missing before anything is sent.
import { book_details as texts } from "$texts";

export type Details = {
  first_name: string;
  last_name: string;
  email: string;
  phone: string;
  hasConcerns: "" | "no" | "yes";
  concerns: string[];
  accepts_policy: boolean;
};

export function emptyDetails(): Details {
  return {
    first_name: "",
    last_name: "",
    email: "",
    phone: "",
    hasConcerns: "",
    concerns: [],
    accepts_policy: false,
  };
}

/** What is missing, in words by the API's names of the fields. Whether what is there is right the server says. */
export function faultsOf(details: Details, { asksSafety }: { asksSafety: boolean }): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const field of ["first_name", "last_name", "email"] as const) {
    if (!details[field].trim()) faults[`client.${field}`] = texts.missing[field];
  }
  if (asksSafety && !details.hasConcerns) faults.safety = texts.missing.safety;
  if (asksSafety && details.hasConcerns === "yes" && !details.concerns.length) {
    faults.safety = texts.missing.concern;
  }
  if (!details.accepts_policy) faults.accepts_policy = texts.missing.accepts_policy;
  return faults;
}
