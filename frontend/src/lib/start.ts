import "../styles/tokens.css";
import "../styles/base.css";

import { type Component, mount } from "svelte";

/**
 * Put `screen` into the page's <div id="app">, in place of what the server drew there to be seen meanwhile.
 * What the server knows for the screen stands in `data-` attributes of that element.
 */
export function start(screen: Component<{ given: DOMStringMap }> | Component<Record<string, never>>): void {
  const target = document.getElementById("app");
  if (!target) throw new Error("The page has no place for the screen.");
  const given = { ...target.dataset };
  target.replaceChildren();
  document.addEventListener("click", skipToMain);
  mount(screen as Component<{ given: DOMStringMap }>, { target, props: { given } });
}

/** The way past the menu moves the focus alone: what stands behind the # of the address belongs to the screen. */
function skipToMain(event: MouseEvent): void {
  if (!(event.target as Element).closest(".skip")) return;
  event.preventDefault();
  const main = document.querySelector("main");
  main?.focus();
  main?.scrollIntoView();
}
