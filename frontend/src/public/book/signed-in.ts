// Who is signed in as a client: their details need not be typed again.
import { api, ask, Refused, Unreachable } from "$lib/api";

import type { Details } from "./details";

/** Fill what is still empty from the account, and give back its address; "" for visitors and staff. */
export async function prefill(details: Details): Promise<string> {
  try {
    const { email, clients } = await ask(api.GET("/api/v1/me/"));
    const own = clients[0];
    details.email = email;
    details.first_name ||= own?.first_name ?? "";
    details.last_name ||= own?.last_name ?? "";
    details.phone ||= own?.phone ?? "";
    return email;
  } catch (error) {
    // A visitor, somebody else, or no answer: then it is typed in.
    if (error instanceof Refused || error instanceof Unreachable) return "";
    throw error;
  }
}
