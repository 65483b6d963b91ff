// One place on the page that screen readers listen to. Screens say what changed without moving the focus.

let region: HTMLElement | undefined;

/** Read `text` out when the reader pauses. The same text twice is read twice. */
export function announce(text: string): void {
  region ??= makeRegion();
  region.textContent = "";
  // A change within one turn of the loop is not noticed by every reader.
  setTimeout(() => {
    if (region) region.textContent = text;
  }, 50);
}

function makeRegion(): HTMLElement {
  const made = document.createElement("div");
  made.className = "unseen";
  made.setAttribute("role", "status");
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}
