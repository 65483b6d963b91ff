import type { Schema } from "$lib/api";

type Booking = Schema["Booking"];

/** Bookings still to come, the next one first, and the others, the latest first. */
export function splitBookings(bookings: Booking[]): { ahead: Booking[]; before: Booking[] } {
  const ahead = bookings.filter((booking) => booking.can_cancel);
  return {
    ahead: ahead.sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at)),
    before: bookings.filter((booking) => !booking.can_cancel),
  };
}
