// The link of a booking: its token stands behind the #, which no server and no Referer ever sees.
import { Refused } from "$lib/api";

/** What stands behind the # of the page's address; the whole of it where it cannot be decoded. */
export function tokenIn(hash: string): string {
  const behind = hash.slice(1);
  try {
    return decodeURIComponent(behind);
  } catch {
    return behind;
  }
}

/** Why there is nothing to show. A wrong token and a booking that does not exist are one and the same. */
export type Closed = "needs_link" | "opens_nothing" | "over";

const CLOSED: Record<number, Closed> = { 401: "needs_link", 404: "opens_nothing", 410: "over" };

/** Which kind of closed door an error is; undefined for all that may pass. */
export function closedBy(error: unknown): Closed | undefined {
  return error instanceof Refused ? CLOSED[error.status] : undefined;
}
