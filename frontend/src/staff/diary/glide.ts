import { tick } from "svelte";

const MILLISECONDS = 260;

/**
 * Run `change`, and let the block named by `key` travel from where it was to where it is then.
 * The focus stays on it, also where it is drawn anew in another column.
 */
export async function glide(key: string, change: () => void): Promise<void> {
  const old = blockElement(key);
  const before = old?.getBoundingClientRect();
  const hadFocus = old !== null && old === document.activeElement;
  change();
  await tick();
  const element = blockElement(key);
  if (!element || !before) return;
  if (hadFocus) element.focus({ preventScroll: true });
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const after = element.getBoundingClientRect();
  const from = `translate(${before.left - after.left}px, ${before.top - after.top}px)`;
  element.animate([{ transform: from }, { transform: "none" }], { duration: MILLISECONDS, easing: "ease-in-out" });
}

/** A block on the screen; one that reaches over several days has more, of which this is the first. */
function blockElement(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-block="${key}"]`);
}
