// One place on the page that screen readers listen to. Screens say what changed without moving the focus.
import { uppermost } from "./uppermost.svelte";

// A change within one turn of the loop is not noticed by every reader.
const MILLISECONDS_TO_NOTICE = 50;

let region: HTMLElement | undefined;

/** Read `text` out when the reader pauses. The same text twice is read twice. */
export function announce(text: string): void {
  const place = (region ??= makeRegion());
  place.textContent = "";
  // A dialogue that is closed together with this is gone by then, and what was in it with it.
  setTimeout(() => {
    if (place.parentElement !== uppermost()) uppermost().append(place);
    setTimeout(() => (place.textContent = text), MILLISECONDS_TO_NOTICE);
  });
}

function makeRegion(): HTMLElement {
  const made = document.createElement("div");
  made.className = "unseen";
  made.setAttribute("role", "status");
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}
