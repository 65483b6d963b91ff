import { parts, staff as texts } from "$texts";

import { toast } from "./toasts.svelte";

/**
 * A part of a screen that is loaded when it is first wanted. After an update of the site the old files are gone: that
 * is told, with a way to load the page anew, and the part never comes.
 */
export function later<Part>(load: () => Promise<Part>): Promise<Part> {
  return load().catch((error: unknown) => {
    reportError(error);
    toast(texts.screen_missing, {
      tone: "bad",
      action: { label: parts.try_again, run: () => location.reload() },
      stays: true,
    });
    return new Promise<Part>(() => undefined);
  });
}
