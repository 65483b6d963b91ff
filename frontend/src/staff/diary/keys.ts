/*
 * The grid by keyboard. Arrow keys go from entry to entry; with Alt they move the entry, step by step, and letting
 * go of Alt does it; with Alt and Shift they change its length. Escape leaves it where it was.
 */
import { say } from "$lib/texts";
import { type Clock, dayName } from "$lib/time";
import { announce } from "$parts/announcer";
import { diary as texts } from "$texts";

import type { Drag } from "./drag.svelte";
import type { Block, Column } from "./layout";
import { timeWords } from "../twice";

type Steered = { drag: Drag; block: Block; column: Column; canMove: boolean; clock: Clock };

const ARROWS: Record<string, { rows: number; columns: number }> = {
  ArrowUp: { rows: -1, columns: 0 },
  ArrowDown: { rows: 1, columns: 0 },
  ArrowLeft: { rows: 0, columns: -1 },
  ArrowRight: { rows: 0, columns: 1 },
};

export function steer(event: KeyboardEvent, steered: Steered): void {
  const arrow = ARROWS[event.key];
  if (!arrow || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (event.altKey) nudge(event, arrow, steered);
  else if (!event.shiftKey) focusBeside(event.currentTarget as HTMLElement, arrow);
}

function nudge(event: KeyboardEvent, arrow: { rows: number; columns: number }, steered: Steered): void {
  const { drag, block, column, canMove, clock } = steered;
  const isNew = !drag.gesture;
  const isDone = event.shiftKey
    ? arrow.rows !== 0 && drag.nudgeLength(block, column, arrow.rows > 0 ? 1 : -1)
    : canMove && drag.nudge(block, column, arrow);
  const { target } = drag;
  if (!isDone || !target) {
    announce(texts.changes.no_place);
    return;
  }
  const words = {
    day: dayName(target.column.date),
    from: timeWords(target.startsAt, clock),
    to: timeWords(target.endsAt, clock),
    therapist: target.column.therapist.name,
  };
  const isSameTherapist = target.column.therapist.id === column.therapist.id;
  announce(say(isSameTherapist ? texts.changes.target : texts.changes.target_with, words));
  if (isNew) finishWithAlt(event.currentTarget as HTMLElement, drag);
}

/** Until Alt is let go or the entry loses the focus, nothing is changed. */
function finishWithAlt(element: HTMLElement, drag: Drag): void {
  const listening = new AbortController();
  const { signal } = listening;
  const end = (finish: () => void) => {
    listening.abort();
    finish();
  };
  const leave = () => end(drag.abandon);
  window.addEventListener("keyup", (event) => event.key === "Alt" && end(drag.drop), { signal });
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    announce(texts.changes.left);
    leave();
  };
  window.addEventListener("keydown", escape, { signal, capture: true });
  window.addEventListener("blur", leave, { signal });
  element.addEventListener("blur", leave, { signal });
}

/** The next entry in this column, or the one nearest in height in the next column that has any. */
function focusBeside(element: HTMLElement, { rows, columns }: { rows: number; columns: number }): void {
  const column = element.closest("[data-column]");
  const all = [...(column?.parentElement?.querySelectorAll("[data-column]") ?? [])];
  const entries = (within: Element | null | undefined) => [
    ...(within?.querySelectorAll<HTMLElement>("button[data-block]") ?? []),
  ];
  if (rows) {
    const own = entries(column);
    own[own.indexOf(element) + rows]?.focus();
    return;
  }
  const from = all.findIndex((each) => each === column);
  const others = (columns > 0 ? all.slice(from + 1) : all.slice(0, from).reverse()).map(entries);
  const next = others.find((each) => each.length) ?? [];
  const { top } = element.getBoundingClientRect();
  const away = (each: HTMLElement) => Math.abs(each.getBoundingClientRect().top - top);
  next.toSorted((a, b) => away(a) - away(b))[0]?.focus();
}
