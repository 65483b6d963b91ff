// With a modal dialogue open, the browser lets nobody reach or hear what is outside it.
import { untrack } from "svelte";

let modals = $state.raw<HTMLElement[]>([]);

/** Where something has to be in the page to be reached: in the dialogue on top, or in the page itself. */
export function uppermost(): HTMLElement {
  return modals.at(-1) ?? document.body;
}

/** For a dialogue that opens; what is returned takes it off again. */
export function stack(dialog: HTMLElement): () => void {
  // It is called within an effect, which must not begin anew for what it has changed.
  modals = [...untrack(() => modals), dialog];
  return () => (modals = modals.filter((each) => each !== dialog));
}
