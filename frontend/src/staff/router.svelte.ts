/*
 * The addresses of the staff's screens. Each screen is loaded when it is first opened.
 *
 * `address` is the present one; `go` moves on; `setQuery` notes what is shown without a step in the history.
 */
import type { Component } from "svelte";

import { isStartingAnew } from "$lib/api";

/** `parameters` are the variable parts of the path, `query` what stands behind the question mark. */
export type ScreenProps = { parameters: string[]; query: URLSearchParams };
export type Screen = Component<ScreenProps>;
type Route = { pattern: RegExp; name: RouteName; load: () => Promise<{ default: Screen }> };
export type RouteName = "today" | "diary" | "clients" | "client" | "hours" | "waitlist" | "messages";

const ROUTES: Route[] = [
  { name: "today", pattern: /^\/staff\/$/, load: () => import("./today/TodayScreen.svelte") },
  { name: "diary", pattern: /^\/staff\/diary\/$/, load: () => import("./diary/DiaryScreen.svelte") },
  { name: "clients", pattern: /^\/staff\/clients\/$/, load: () => import("./clients/ClientsScreen.svelte") },
  { name: "client", pattern: /^\/staff\/clients\/(\d+)\/$/, load: () => import("./clients/ClientScreen.svelte") },
  { name: "hours", pattern: /^\/staff\/hours\/$/, load: () => import("./hours/HoursScreen.svelte") },
  { name: "waitlist", pattern: /^\/staff\/waitlist\/$/, load: () => import("./waitlist/WaitlistScreen.svelte") },
  { name: "messages", pattern: /^\/staff\/messages\/$/, load: () => import("./messages/MessagesScreen.svelte") },
];

export type Found = { route: Route; parameters: string[] };

/** The screen at a path, with or without its last slash; undefined where there is none. */
export function findRoute(path: string): Found | undefined {
  const whole = path.endsWith("/") ? path : `${path}/`;
  for (const route of ROUTES) {
    const match = route.pattern.exec(whole);
    if (match) return { route, parameters: match.slice(1) };
  }
  return undefined;
}

class Address {
  path = $state(location.pathname);

  query = $state.raw(new URLSearchParams(location.search));

  read = () => {
    this.path = location.pathname;

    this.query = new URLSearchParams(location.search);
  };
}

export const address = new Address();

type Guard = { isUnsaved: () => boolean; question: string };
let guards: Guard[] = [];

/**
 * Ask `question` before another address is opened while `isUnsaved`; a no keeps the screen. Returns what takes the
 * guard away. For a screen with something in it that is not stored yet.
 */
export function guardLeaving(isUnsaved: () => boolean, question: string): () => void {
  const guard = { isUnsaved, question };
  guards = [...guards, guard];
  return () => {
    guards = guards.filter((each) => each !== guard);
  };
}

function mayLeave(): boolean {
  return guards.every(({ isUnsaved, question }) => !isUnsaved() || confirm(question));
}

/** Every entry of the history bears its place in it: so it is known which way leads back to the one before. */
type Placed = { place?: number };
let place = placeOf(history.state) ?? 0;
const whole = () => location.pathname + location.search;
let shown = whole();

function placeOf(state: unknown): number | undefined {
  return (state as Placed | null)?.place;
}

function enter(to: string): void {
  history.pushState({ place: ++place }, "", to);
  shown = whole();
  address.read();
}

export function go(to: string): void {
  if (mayLeave()) enter(to);
}

/** Back and forward: when this is told of it, the browser is there already, and a no has to lead it back. */
function travel(): void {
  // Without a number it was made by a link within the page, or by something else: most likely one goes back.
  const target = placeOf(history.state) ?? (whole() === shown ? place + 1 : place - 1);
  const isSame = whole() === shown;
  if (!isSame && !mayLeave()) {
    history.go(place - target);
    return;
  }
  place = target;
  shown = whole();
  if (isSame && placeOf(history.state) === undefined) history.replaceState({ ...history.state, place }, "");
  else address.read(); // the address may be the same, and what is remembered with it another
}

function holdBack(event: BeforeUnloadEvent): void {
  if (!isStartingAnew && guards.some(({ isUnsaved }) => isUnsaved())) event.preventDefault();
}

/** Put values into the query of the present address; null takes one out. Answers whether that was done. */
export function setQuery(values: Record<string, string | null>): boolean {
  if (!mayLeave()) return false;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- made, written and thrown away right here
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  rename(text ? `${location.pathname}?${text}` : location.pathname);
  address.read();
  return true;
}

/** Another address for what is shown already: the screen stays as it is. Coming back finds what is `remembered`. */
export function rename(to: string, remembered: Record<string, string> = {}): void {
  history.replaceState({ ...history.state, ...remembered, place }, "", to);
  shown = whole();
}

/** Open links to the staff's screens here, without asking the server for the page again. */
export function followLinks(): () => void {
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !findRoute(link.pathname)) return;
    if (link.hash && link.pathname + link.search === location.pathname + location.search) return; // within the page
    event.preventDefault();
    go(link.pathname + link.search);
  };
  document.addEventListener("click", follow);
  window.addEventListener("popstate", travel);
  window.addEventListener("beforeunload", holdBack);
  return () => {
    document.removeEventListener("click", follow);
    window.removeEventListener("popstate", travel);
    window.removeEventListener("beforeunload", holdBack);
  };
}
