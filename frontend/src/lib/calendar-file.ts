import { api, ask, bookingToken } from "./api";

/** Save a booking's calendar file. A script fetches it, because the link's token must not stand in an address. */
export async function saveCalendarFile(reference: string, token: string): Promise<void> {
  const call = api.GET("/api/v1/bookings/{reference}/calendar.ics", {
    params: { path: { reference } },
    parseAs: "blob",
    ...bookingToken(token),
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await ask(call));
  link.download = `${reference}.ics`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
