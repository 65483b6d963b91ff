// What can be asked of one booking, by its link or by who is signed in.
import { api, ask, bookingToken, type Schema } from "$lib/api";

export type Booking = Schema["Booking"];
export type Clinic = Schema["Clinic"];
export type Door = { reference: string; token: string };

const at = ({ reference, token }: Door) => ({ params: { path: { reference } }, ...bookingToken(token) });

export function fetchBooking(door: Door): Promise<Booking> {
  return ask(api.GET("/api/v1/bookings/{reference}/", at(door)));
}

/** Cancel for the fee that `seen` showed; with another one by now the server refuses with `fee_changed`. */
export function cancelBooking(door: Door, seen: Booking, reason: string): Promise<Booking> {
  const body = { expected_fee: seen.cancellation.fee_now, reason };
  return ask(api.POST("/api/v1/bookings/{reference}/cancel/", { ...at(door), body }));
}

export function moveBooking(door: Door, startsAt: string, therapist: number): Promise<Booking> {
  const body = { starts_at: startsAt, therapist };
  return ask(api.POST("/api/v1/bookings/{reference}/reschedule/", { ...at(door), body }));
}

export function fetchClinic(): Promise<Clinic> {
  return ask(api.GET("/api/v1/clinic/"));
}

/** What to wear, as HTML; empty for a treatment that is not published any more. The page does without it. */
export async function fetchWhatToWear(slug: string): Promise<string> {
  const treatment = ask(api.GET("/api/v1/treatments/{slug}/", { params: { path: { slug } } }));
  return treatment.then((found) => found.what_to_wear_html).catch(() => "");
}

/** Who gives a treatment. */
export async function fetchTherapists(treatment: string): Promise<Schema["Therapist"][]> {
  const therapists = await ask(api.GET("/api/v1/therapists/"));
  return therapists.filter((therapist) => therapist.treatments.includes(treatment));
}
