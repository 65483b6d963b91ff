/*
 * What every screen of the staff needs to know: who is signed in, the clinic, its therapists and treatments.
 * Loaded once when the application starts.
 */
import { actFor, api, ask, type Schema } from "$lib/api";
import { KeptDrafts } from "$lib/kept-drafts";
import { Clock } from "$lib/time";

export type Clinic = {
  account: Schema["Account"];
  practice: Schema["Clinic"];
  clock: Clock;
  therapists: Schema["Therapist"][];
  treatments: Schema["Treatment"][];
};

let loaded: Clinic | undefined;

/** Raises Refused or Unreachable; answers null when nobody of the staff is signed in. */
export async function loadClinic(): Promise<Clinic | null> {
  const [session, practice, therapists, treatments] = await Promise.all([
    ask(api.GET("/api/v1/session/")),
    ask(api.GET("/api/v1/clinic/")),
    ask(api.GET("/api/v1/therapists/")),
    ask(api.GET("/api/v1/treatments/")),
  ]);
  if (!session.user || session.user.role === "client") return null;
  actFor(session.user.id);
  loaded = { account: session.user, practice, clock: new Clock(practice.time_zone), therapists, treatments };
  // Opening one's own drafts drops those that another account left on this device.
  void KeptDrafts.open(session.user.id);
  return loaded;
}

/** The clinic, for screens: they are shown only after it was loaded. */
export function clinic(): Clinic {
  if (!loaded) throw new Error("The clinic is not loaded yet.");
  return loaded;
}

/** Owner and therapists read the clinical record; the front desk never does. The server holds to it in any case. */
export function mayReadClinical(): boolean {
  return clinic().account.role !== "receptionist";
}
