/** For a screen's <h1>: takes the reader there when the screen opens, and names the browser's tab. */
export function screenHeading(node: HTMLElement): void {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  const rest = document.title.split(" · ").slice(-1);
  document.title = [node.textContent?.trim(), ...rest].join(" · ");
}
