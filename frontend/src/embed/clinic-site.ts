// Where this script came from is where the clinic is. It is known only while the script first runs.
const script = document.currentScript as HTMLScriptElement;
export const CLINIC = new URL(script.src).origin;

/** The booking page of a treatment, or the choice of one where none is named. */
export function bookingAddress(treatment: string, query: Record<string, string>, frame = ""): string {
  const address = new URL(`${frame}/book/${treatment && encodeURIComponent(treatment)}`, CLINIC);
  for (const [name, value] of Object.entries(query)) if (value) address.searchParams.set(name, value);
  return address.href;
}

/** A link to the clinic's own pages, for when something cannot be shown in this one. */
export function linkTo(address: string, text: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = text;
  return link;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** Styles that the site's own cannot reach, and that no content policy of that site forbids. */
export function styled(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
}
