// How the ten states of an appointment look and what they are called. What may follow on what, the server says.
import { appointments as texts } from "$texts";

import type { Schema } from "./api";

export type Status = Schema["AppointmentStatusEnum"];
/** Names the tokens --state-<tone> and --state-<tone>-wash. */
export type Tone = "pending" | "booked" | "arrived" | "ready" | "done" | "missed" | "ended";
/** `symbol` is drawn on a grid of 16 with strokes, so that a state is told without its colour too. */
export type Look = { tone: Tone; symbol: string; word: string };

const CIRCLE = "M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11z";
const SHAPES: Record<Status, [Tone, string]> = {
  proposed: ["pending", "M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.4v.1"],
  pending: ["pending", "M3.5 8v.1M8 8v.1M12.5 8v.1"],
  waitlist: ["pending", "M5 2.5h6M5 13.5h6M5.5 2.5c0 3.5 5 4 5 5.5s-5 2-5 5.5M10.5 2.5c0 3.5-5 4-5 5.5s5 2 5 5.5"],
  booked: ["booked", CIRCLE],
  arrived: ["arrived", "M2 8h7M6 4.5L9.5 8 6 11.5M13 3v10"],
  "checked-in": ["ready", `${CIRCLE}M8 9.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2z`],
  fulfilled: ["done", "M3 8.5l3.5 3.5L13 4.5"],
  noshow: ["missed", `${CIRCLE}M4.2 11.8l7.6-7.6`],
  cancelled: ["ended", "M4 4l8 8M12 4l-8 8"],
  "entered-in-error": ["ended", "M3 5.5h10M3 10.5h10M12 2.5l-8 11"],
};

export function lookOf(status: Status): Look {
  const [tone, symbol] = SHAPES[status];
  return { tone, symbol, word: texts.statuses[status] };
}
