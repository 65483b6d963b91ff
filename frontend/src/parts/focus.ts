import { tick } from "svelte";

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
