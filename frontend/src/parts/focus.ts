import { tick } from "svelte";

/** For what had the focus while it was open: back to where it was `before`, unless it went elsewhere meanwhile. */
export function giveFocusBack(element: HTMLElement, before: Element | null): void {
  const { activeElement: now } = document;
  const isLost = !now || now === document.body || element.contains(now);
  if (isLost && before instanceof HTMLElement && before.isConnected) before.focus();
}

/** For a button that shows more of a list and is gone then: go to what can be done with the entry at that place. */
export async function focusEntry(list: HTMLElement | undefined, place: number): Promise<void> {
  await tick();
  list?.querySelectorAll<HTMLElement>(":scope > li")[place]?.querySelector<HTMLElement>("a, button")?.focus();
}

/** Go to the first field with an error below `root`, once it is drawn; where no field has one, to the message. */
export async function focusFirstError(root: HTMLElement): Promise<void> {
  await tick();
  // Of a group, such as some radio buttons, the first control.
  const field = '[aria-invalid="true"]';
  const control = root.querySelector<HTMLElement>(`:is(input, select, textarea)${field}, ${field} input`);
  if (control) return control.focus();
  const message = root.querySelector<HTMLElement>('[role="alert"]');
  if (!message) return;
  message.tabIndex = -1;
  message.focus();
}
