// The one way to the server: calls typed by the committed schema, and one kind of error for every refusal.
import { api as texts } from "$texts";

import type { components, paths } from "$schema";
import type { Client } from "openapi-fetch";

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

export const OTHER_ACCOUNT = "other_account";
let account = ""; // that this page was made for

/** From now on the server refuses every call of this page once somebody else is signed in. */
export function actFor(id: number): void {
  account = String(id);
}

/** Which account the page was made for, told with a call. */
export const forAccount = (): Record<string, string> => (account ? { "X-Account": account } : {});

/** Whether the page is on its way out by `startAnew`: nothing in it may ask to stay. */
export let isStartingAnew = false;

/** Somebody else is signed in: what this page shows and holds goes at once. */
export function startAnew(): void {
  isStartingAnew = true;
  document.body.replaceChildren();
  location.reload();
}

type Sent = {
  params?: { path?: object; query?: object; header?: object };
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
  parseAs?: "blob";
};

/*
 * The calls of openapi-fetch, with its types and without its code: what of it is used here is this one function,
 * and the booking page has to be light.
 */
export const api = {
  GET: (path: string, sent?: Sent) => call("GET", path, sent),
  POST: (path: string, sent?: Sent) => call("POST", path, sent),
  PUT: (path: string, sent?: Sent) => call("PUT", path, sent),
  PATCH: (path: string, sent?: Sent) => call("PATCH", path, sent),
  DELETE: (path: string, sent?: Sent) => call("DELETE", path, sent),
} as unknown as Pick<Client<paths>, "GET" | "POST" | "PUT" | "PATCH" | "DELETE">;

async function call(method: string, path: string, { params = {}, body, parseAs, signal, headers = {} }: Sent = {}) {
  const inPath = new Map(Object.entries(params.path ?? {}));
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(inPath.get(name))));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params.query ?? {})) {
    for (const each of [value ?? []].flat()) query.append(name, String(each));
  }
  const response = await fetch(query.size ? `${address}?${query}` : address, {
    method,
    credentials: "same-origin",
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(method === "GET" ? {} : { "X-CSRFToken": cookie("csrftoken") }),
      ...forAccount(),
      ...params.header,
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  if (!response.ok) return { error: await response.json().catch(() => ({})), response };
  if (response.status === 204) return { response };
  return { data: await (parseAs === "blob" ? response.blob() : response.json()), response };
}

/** The content of the answer to a call. Raises Refused, or Unreachable when there was no answer. */
export async function ask<Content>(
  call: Promise<{ data?: Content; error?: unknown; response: Response }>,
): Promise<Content> {
  const { data, error, response } = await call.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new Unreachable();
  });
  if (response.ok) return data as Content;
  const refused = new Refused(response.status, asProblem(error), response.headers.get("Retry-After"));
  if (refused.code === OTHER_ACCOUNT) startAnew();
  throw refused;
}

/** What to tell a person about anything that a call may raise. */
export function wordsOf(error: unknown): string {
  if (error instanceof Refused || error instanceof Unreachable) return error.message;
  throw error; // a fault of ours: it belongs in the console, not in a friendly sentence
}

export function bookingToken(token: string): { headers: Record<string, string> } {
  return token ? { headers: { Authorization: `Booking ${token}` } } : { headers: {} };
}

/** A name that nobody else has made. Pages without TLS have no randomUUID. */
export function uniqueKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

function asProblem(error: unknown): Record<string, unknown> {
  return typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
}
