// The one way to the server: calls typed by the committed schema, and one kind of error for every refusal.
import createClient from "openapi-fetch";

import { api as texts } from "$texts";

import type { components, paths } from "$schema";

export type Schema = components["schemas"];
export type FieldErrors = Record<string, { code: string; message: string }[]>;

/** What the server said no to, as its RFC 9457 answer tells it. Members that belong to `code` are in `problem`. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldErrors;
  readonly problem: Record<string, unknown>;
  readonly retryAfterSeconds: number;

  constructor(status: number, problem: Record<string, unknown>, retryAfter: string | null) {
    super(typeof problem.detail === "string" && problem.detail ? problem.detail : texts.went_wrong);
    this.status = status;
    this.problem = problem;
    this.code = typeof problem.code === "string" ? problem.code : "unknown";
    this.errors = (problem.errors as FieldErrors | undefined) ?? {};
    this.retryAfterSeconds = Number(retryAfter) || 0;
  }

  /** What is said of a field and of the fields below it, in one text; empty when nothing is. */
  about(field: string): string {
    return Object.entries(this.errors)
      .filter(([name]) => name === field || name.startsWith(`${field}.`))
      .flatMap(([, said]) => said.map((error) => error.message))
      .join(" ");
  }
}

/** The server could not be asked, or its answer was lost: what was sent may or may not have been done. */
export class Unreachable extends Error {
  constructor() {
    super(texts.unreachable);
  }
}

export const api = createClient<paths>({ credentials: "same-origin" });

api.use({
  onRequest({ request }) {
    if (request.method !== "GET") request.headers.set("X-CSRFToken", cookie("csrftoken"));
    return request;
  },
});

/** The content of the answer to a call. Raises Refused, or Unreachable when there was no answer. */
export async function ask<Content>(
  call: Promise<{ data?: Content; error?: unknown; response: Response }>,
): Promise<Content> {
  const { data, error, response } = await call.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new Unreachable();
  });
  if (!response.ok) throw new Refused(response.status, asProblem(error), response.headers.get("Retry-After"));
  return data as Content;
}

/** What to tell a person about anything that a call may raise. */
export function wordsOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Unreachable) return error.message;
  throw error; // a fault of ours: it belongs in the console, not in a friendly sentence
}

export function bookingToken(token: string): { headers: Record<string, string> } {
  return token ? { headers: { Authorization: `Booking ${token}` } } : { headers: {} };
}

export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

function asProblem(error: unknown): Record<string, unknown> {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
}
