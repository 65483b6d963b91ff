import { tick } from "svelte";

/** Go to the first field with an error below `root`, once it is drawn; where no field has one, to the message. */
export async function focusFirstError(root: HTMLElement): Promise<void> {
  await tick();
  const field = root.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field) return field.focus();
  const message = root.querySelector<HTMLElement>('[role="alert"]');
  if (!message) return;
  message.tabIndex = -1;
  message.focus();
}
