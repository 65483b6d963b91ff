/*
 * Signing in and out: allauth's calls under /_allauth/, which the API's document does not describe.
 *
 * An answer of 401 is no failure there: it tells what is still to be done. Clients give a code from their
 * mailbox, staff their password and, where they turned it on, a second factor.
 */
import { api, ask, cookie, forAccount, OTHER_ACCOUNT, Refused, startAnew, Unreachable } from "./api";
import { forgetKeptDrafts } from "./kept-drafts";
import { forgetAll } from "./session";

import { sign_in as texts } from "$texts";

import type { Schema } from "./api";

export type Role = Schema["Account"]["role"];
type Flow = { id: string; is_pending?: boolean };
type Mistake = { code: string; message: string; param?: string };
export type Answer = {
  status: number;
  data: unknown;
  meta: Record<string, unknown>;
  flows: Flow[];
  errors: Mistake[];
};
const SESSION = "auth/session";
const SIGNED_OUT = 401; // the answer to success: "please sign in"
export type Step = "signed_in" | "give_code" | "give_second_factor" | "start";

/** Ask `path` below /_allauth/browser/v1/. Raises Unreachable; every answer comes back as it is, but for OTHER_ACCOUNT. */
export async function askAuth(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const sent: Record<string, string> = { Accept: "application/json", ...headers };
  if (path !== SESSION) Object.assign(sent, forAccount()); // whoever is signed in may be signed out
  if (body) sent["Content-Type"] = "application/json";
  if (method !== "GET") sent["X-CSRFToken"] = cookie("csrftoken");
  const options = { method, headers: sent, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await fetch(`/_allauth/browser/v1/${path}`, options).catch(() => {
    throw new Unreachable();
  });
  const answer = readAnswer(response.status, await response.json().catch(() => ({})));
  if (!answer.errors.some(({ code }) => code === OTHER_ACCOUNT)) return answer;
  startAnew();
  throw new Refused(answer.status, { code: OTHER_ACCOUNT }, null);
}

/** An answer in one shape, whatever of it was there. */
export function readAnswer(status: number, content: unknown): Answer {
  const { data, meta, errors } = content as { data?: unknown; meta?: Record<string, unknown>; errors?: Mistake[] };
  const flows = (data as { flows?: Flow[] } | undefined)?.flows ?? [];
  return { status, data, meta: meta ?? {}, flows, errors: errors ?? [] };
}

/** What is to be done next, as an answer to signing in tells it. */
export function stepAfter(answer: Answer): Step {
  const isPending = (id: string) => answer.flows.some((flow) => flow.id === id && flow.is_pending);
  if (answer.status === 200) return "signed_in";
  if (isPending("mfa_authenticate")) return "give_second_factor";
  if (isPending("login_by_code")) return "give_code";
  return "start";
}

/** Whether a signed-in person is to show anew who they are: security is only changed soon after a sign-in. */
export function needsPasswordAgain(answer: Answer): boolean {
  return answer.status === 401 && answer.flows.some((flow) => flow.id === "reauthenticate");
}

/** What is wrong, by field; under "" what belongs to none. */
export function mistakesIn(answer: Answer): Record<string, string> {
  const found: Record<string, string> = {};
  if (answer.status === 429) return { "": texts.mistakes.too_many_login_attempts };
  for (const { code, message, param = "" } of answer.errors) {
    const words = (texts.mistakes as Record<string, string>)[code] ?? message;
    found[param] = found[param] ? `${found[param]} ${words}` : words;
  }
  if (!answer.errors.length) found[""] = texts.mistakes.unknown;
  return found;
}

/** Where `?next=` leads, if that is an address of this site: no link may lead elsewhere by way of the sign-in. */
export function nextAddress(search: string, origin: string): string | null {
  const wanted = new URLSearchParams(search).get("next");
  if (!wanted?.startsWith("/")) return null;
  try {
    const target = new URL(wanted, origin);
    // "/.//elsewhere.example" is an address here; without its dot, "//elsewhere.example" is another site.
    const isHere = target.origin === origin && !target.pathname.startsWith("//");
    return isHere ? target.pathname + target.search + target.hash : null;
  } catch {
    return null;
  }
}

/**
 * Where somebody of a role goes on to: to `next`, unless that is a place for others, which would send them back
 * here; then to where people of the role have their work.
 */
export function placeFor(role: Role, next: string | null): string {
  const isForOthers =
    next !== null &&
    ((role === "client" && /^\/(staff|admin)\//.test(next)) || (role !== "owner" && next.startsWith("/admin/")));
  if (next !== null && !isForOthers && !next.startsWith("/sign-in/")) return next;
  return role === "client" ? "/account/" : "/staff/";
}

/** Ends the session, and removes what was kept on this device: the next one to sit here may be another. */
export async function signOut(): Promise<void> {
  const { status } = await askAuth("DELETE", SESSION);
  if (status !== SIGNED_OUT) throw new Refused(status, {}, null);
  otherTabs().postMessage("signed out");
  forgetAll();
  await forgetKeptDrafts();
}

/** Tell the other tabs that somebody has signed in: what they show may be another person's. */
export function tellSignedIn(): void {
  otherTabs().postMessage("signed in");
}

/**
 * Keep a page to the account it was made for: `leave` is called when nobody is signed in any more, and the page is
 * loaded anew when somebody else is. Looks when another tab tells of it, and whenever the page is turned to again:
 * a session also ends by itself. Returns what ends it.
 */
export function keepToAccount(account: () => number | undefined, leave: () => void): () => void {
  const look = async () => {
    const mine = account();
    if (mine === undefined) return;
    const session = await ask(api.GET("/api/v1/session/")).catch(() => null); // not now: it is looked at again
    if (!session) return;
    if (!session.user) leave();
    else if (session.user.id !== mine) startAnew();
  };
  const heed = ({ data }: MessageEvent) => (data === "signed out" ? leave() : void look());
  const turnedTo = () => void (document.hidden || look());
  otherTabs().addEventListener("message", heed);
  document.addEventListener("visibilitychange", turnedTo);
  addEventListener("pageshow", turnedTo);
  return () => {
    otherTabs().removeEventListener("message", heed);
    document.removeEventListener("visibilitychange", turnedTo);
    removeEventListener("pageshow", turnedTo);
  };
}

let tabs: BroadcastChannel | undefined;

/** One for each page: what it says itself, it does not hear. */
function otherTabs(): BroadcastChannel {
  tabs ??= new BroadcastChannel("sign-in");
  return tabs;
}
