import { api, ask, bookingToken } from "./api";
import { saveFile } from "./save-file";

/** Save a booking's calendar file. A script fetches it, because the link's token must not stand in an address. */
export async function saveCalendarFile(reference: string, token: string): Promise<void> {
  const call = api.GET("/api/v1/bookings/{reference}/calendar.ics", {
    params: { path: { reference } },
    parseAs: "blob",
    ...bookingToken(token),
  });
  saveFile(await ask(call), `${reference}.ics`);
}
