/*
 * Dragging in the grid: with the mouse at once, with a finger after holding it still, with the keyboard by steps.
 *
 * `gesture` is what is being done, `target` where it would end if it were let go now; the grid draws both. Nothing
 * is changed here: what comes out is handed to `onDrop`.
 */
import { minutesBetween } from "$lib/time";

import type { Axis } from "./axis";
import { type Block, type Column, lengthOf, startOf } from "./layout";
import { between, stretchedTo, type Target, targetAt } from "./targets";

export type Gesture =
  | { kind: "move"; block: Block; from: Column; grab: number }
  | { kind: "stretch"; block: Block; from: Column }
  | { kind: "create"; from: Column; anchor: number };

/** What the gestures act on. Functions, because the diary changes while it is open. */
export type Stage = {
  axis: () => Axis;
  columns: () => readonly Column[];
  grid: () => number;
  blockIn: (column: Column, key: string) => Block | undefined;
  mayMove: (block: Block) => boolean;
  /** False: it cannot be stretched. Undefined: to any length. */
  lengthsOf: (block: Block) => readonly number[] | undefined | false;
  onDrop: (gesture: Gesture, target: Target) => void;
};

type Point = { x: number; y: number };

const STILL_PIXELS = 5;
const HOLD_MILLISECONDS = 350;
const EDGE_PIXELS = 36; // so near to the edge, the grid scrolls along
const SCROLL_PIXELS = 9;

export class Drag {
  gesture = $state.raw<Gesture>();
  target = $state.raw<Target | null>(null);

  readonly #stage: Stage;
  #body: HTMLElement | undefined;
  #point: Point = { x: 0, y: 0 };
  #listening: AbortController | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** For the element that all columns fill. */
  attach = (body: HTMLElement): (() => void) => {
    this.#body = body;
    const holdStill = (event: Event) => {
      if (this.gesture) event.preventDefault(); // a finger that drags must not scroll too
    };
    body.addEventListener("pointerdown", this.#press);
    body.addEventListener("touchmove", holdStill, { passive: false });
    body.addEventListener("contextmenu", holdStill);
    return () => {
      this.abandon();
      body.removeEventListener("pointerdown", this.#press);
      body.removeEventListener("touchmove", holdStill);
      body.removeEventListener("contextmenu", holdStill);
    };
  };

  abandon = (): void => {
    this.#listening?.abort();
    this.gesture = undefined;
    this.target = null;
  };

  drop = (): void => {
    const { gesture, target } = this;
    this.abandon();
    if (gesture && target) this.#stage.onDrop(gesture, target);
  };

  /** One step with the keyboard, on top of the steps before it. Answers whether there was a place to go to. */
  nudge(block: Block, column: Column, by: { rows: number; columns: number }): boolean {
    const isUnderWay = this.gesture?.kind === "move" && this.gesture.block.key === block.key;
    const now = (isUnderWay && this.target) || { column, top: block.top };
    const grid = this.#stage.grid();
    const next = this.#columnBeside(now.column, by.columns, block);
    if (!next) return false;
    // Over what does not exist on that day: an hour that is left out is at most some steps long.
    for (let rows = by.rows; Math.abs(rows) <= 60; rows += Math.sign(by.rows)) {
      const target = targetAt(now.top + rows * grid, lengthOf(block), this.#place(next));
      if (target) {
        this.gesture = { kind: "move", block, from: column, grab: 0 };
        this.target = target;
        return true;
      }
      if (!by.rows) return false;
    }
    return false;
  }

  /** The next longer or shorter length, with the keyboard. */
  nudgeLength(block: Block, column: Column, by: 1 | -1): boolean {
    const lengths = this.#stage.lengthsOf(block);
    if (lengths === false) return false;
    const isUnderWay = this.gesture?.kind === "stretch" && this.gesture.block.key === block.key;
    const now = (isUnderWay && this.target) || { startsAt: startOf(block), endsAt: block.row.ends_at };
    const minutes = minutesBetween(now.startsAt, now.endsAt);
    const sorted = lengths?.toSorted((a, b) => by * (a - b));
    const next = sorted ? sorted.find((each) => by * (each - minutes) > 0) : minutes + by * this.#stage.grid();
    if (next === undefined || next <= 0) return false;
    this.gesture = { kind: "stretch", block, from: column };
    this.target = stretchedTo(block.top + next, startOf(block), { ...this.#place(column), lengths });
    return true;
  }

  #press = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary || this.gesture) return;
    this.#point = { x: event.clientX, y: event.clientY };
    const start = this.#point;
    const gesture = this.#gestureAt(event);
    if (!gesture) return;
    this.#listening?.abort();
    const { signal } = (this.#listening = new AbortController());
    const isTouch = event.pointerType === "touch";
    const begin = () => this.#begin(gesture, event.pointerId, signal);
    if (isTouch) {
      const timer = setTimeout(begin, HOLD_MILLISECONDS);
      signal.addEventListener("abort", () => clearTimeout(timer));
    }
    const move = (moved: PointerEvent) => {
      this.#point = { x: moved.clientX, y: moved.clientY };
      if (this.gesture) this.#retarget();
      else if (Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > STILL_PIXELS) {
        if (isTouch)
          this.abandon(); // it scrolls
        else begin();
      }
    };
    window.addEventListener("pointermove", move, { signal });
    window.addEventListener("pointerup", () => this.#letGo(), { signal });
    window.addEventListener("pointercancel", this.abandon, { signal });
    window.addEventListener("blur", this.abandon, { signal });
    window.addEventListener("keydown", (pressed) => pressed.key === "Escape" && this.#escape(pressed), {
      signal,
      capture: true,
    });
  };

  #begin(gesture: Gesture, pointer: number, signal: AbortSignal): void {
    this.#body?.setPointerCapture(pointer);
    this.gesture = gesture;
    this.#retarget();
    const scroll = () => {
      if (signal.aborted) return;
      this.#scrollAlong();
      requestAnimationFrame(scroll);
    };
    scroll();
  }

  #letGo(): void {
    if (!this.gesture) {
      this.abandon(); // a click: it goes its own way
      return;
    }
    swallowClick();
    this.drop();
  }

  #escape(event: KeyboardEvent): void {
    if (!this.gesture) return;
    event.stopPropagation();
    event.preventDefault();
    window.addEventListener("pointerup", swallowClick, { once: true });
    this.abandon();
  }

  #gestureAt(event: PointerEvent): Gesture | undefined {
    const element = event.target instanceof Element ? event.target : undefined;
    const from = this.#columnAt(this.#point.x);
    if (!element || !from) return undefined;
    const position = this.#positionAt(this.#point.y);
    const key = element.closest<HTMLElement>("[data-block]")?.dataset.block;
    if (!key) return { kind: "create", from, anchor: position };
    const block = this.#stage.blockIn(from, key);
    if (!block) return undefined;
    if (element.closest("[data-edge]")) {
      return this.#stage.lengthsOf(block) === false ? undefined : { kind: "stretch", block, from };
    }
    return this.#stage.mayMove(block) ? { kind: "move", block, from, grab: position - block.top } : undefined;
  }

  #retarget(): void {
    const { gesture } = this;
    if (!gesture) return;
    const position = this.#positionAt(this.#point.y);
    if (gesture.kind === "move") {
      const column = this.#columnFor(gesture.block, this.#columnAt(this.#point.x) ?? gesture.from, gesture.from);
      this.target = targetAt(position - gesture.grab, lengthOf(gesture.block), this.#place(column));
    } else if (gesture.kind === "stretch") {
      const lengths = this.#stage.lengthsOf(gesture.block) || undefined;
      const startsAt = startOf(gesture.block);
      this.target = stretchedTo(position, startsAt, { ...this.#place(gesture.from), lengths });
    } else {
      this.target = between(gesture.anchor, position, this.#place(gesture.from));
    }
  }

  #place(column: Column) {
    return { column, axis: this.#stage.axis(), grid: this.#stage.grid() };
  }

  /** Time off belongs to one therapist: it moves among their days alone. */
  #columnFor(block: Block, wanted: Column, own: Column): Column {
    if (block.kind !== "time_off" || wanted.therapist.id === own.therapist.id) return wanted;
    const isOwn = (each: Column) => each.date === wanted.date && each.therapist.id === own.therapist.id;
    return this.#stage.columns().find(isOwn) ?? own;
  }

  #columnBeside(column: Column, by: number, block: Block): Column | undefined {
    const columns = this.#stage
      .columns()
      .filter((each) => block.kind !== "time_off" || each.therapist.id === column.therapist.id);
    return columns[columns.findIndex((each) => each.key === column.key) + by];
  }

  #columnAt(x: number): Column | undefined {
    const elements = [...(this.#body?.querySelectorAll<HTMLElement>("[data-column]") ?? [])];
    const found = elements.find((each) => x < each.getBoundingClientRect().right) ?? elements.at(-1);
    return this.#stage.columns().find((each) => each.key === found?.dataset.column);
  }

  #positionAt(y: number): number {
    const { top, height } = this.#body?.getBoundingClientRect() ?? { top: 0, height: 1 };
    return ((y - top) / height) * this.#stage.axis().length;
  }

  #scrollAlong(): void {
    const scroller = this.#body?.closest<HTMLElement>("[data-scroller]");
    if (!scroller) return;
    const { top, bottom, left, right } = scroller.getBoundingClientRect();
    const towards = (at: number, low: number, high: number) =>
      at < low + EDGE_PIXELS ? -SCROLL_PIXELS : at > high - EDGE_PIXELS ? SCROLL_PIXELS : 0;
    // Above the first and left of the first column there are the headings, which stay where they are.
    const head = scroller.querySelector<HTMLElement>("[data-corner]")?.getBoundingClientRect();
    const { x, y } = this.#point;
    const before = [scroller.scrollTop, scroller.scrollLeft];
    scroller.scrollBy(towards(x, head?.right ?? left, right), towards(y, head?.bottom ?? top, bottom));
    if (before[0] !== scroller.scrollTop || before[1] !== scroller.scrollLeft) this.#retarget();
  }
}

/** The click that ends a drag opens nothing. */
function swallowClick(): void {
  const stop = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 60);
}
