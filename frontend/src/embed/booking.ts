import { embed as texts } from "$texts";

import { bookingAddress, CLINIC, element, linkTo, styled } from "./clinic-site";

const STYLES = `
:host { display: block; position: relative; }
iframe { display: block; width: 100%; height: 40rem; border: 0; color-scheme: light dark; }
p { position: absolute; inset: 1rem 1rem auto; margin: 0; font: 1rem/1.6 system-ui, sans-serif; }
p:empty { display: none; }
.failed iframe { display: none; }
.failed p { position: static; }
`;
const TALLEST = 20_000;
const PATIENCE_MS = 6_000;

/** The booking page within the clinic's own site; its frame is as tall as what is in it. */
export class GroundworkBooking extends HTMLElement {
  static readonly observedAttributes = ["treatment", "minutes"];

  readonly #frame = element("iframe", { title: texts.booking_title });
  readonly #words = element("p", { role: "status" });
  readonly #box = element("div", {}, this.#words, this.#frame);
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    styled(root, STYLES);
    root.append(this.#box);
    // A frame that the browser refuses to fill says that it is loaded, like any other, and then nothing more.
    this.#frame.addEventListener("load", () => {
      clearTimeout(this.#silence);
      if (this.isConnected) this.#silence = setTimeout(this.#giveUp, PATIENCE_MS);
    });
  }

  connectedCallback(): void {
    addEventListener("message", this.#heed);
    this.#load();
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#heed);
    clearTimeout(this.#silence);
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#load();
  }

  #address(frame: string): string {
    const minutes = this.getAttribute("minutes") ?? "";
    return bookingAddress(this.getAttribute("treatment") ?? "", { minutes }, frame);
  }

  #load(): void {
    const address = this.#address("/embed");
    if (this.#frame.src === address) return;
    this.#box.className = "";
    this.#words.textContent = texts.loading;
    this.#frame.src = address;
  }

  /** Anything may send messages: only the clinic's page in our own frame is heeded, and only for its height. */
  readonly #heed = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.#frame.contentWindow || event.origin !== CLINIC) return;
    const told = event.data as { type?: unknown; height?: unknown } | null;
    const height = Number(told?.height);
    if (told?.type !== "groundwork:height" || !(height > 0 && height < TALLEST)) return;
    clearTimeout(this.#silence);
    this.#box.className = "";
    this.#words.textContent = "";
    this.#frame.style.height = `${Math.ceil(height)}px`;
  };

  readonly #giveUp = (): void => {
    this.#box.className = "failed";
    this.#words.replaceChildren(texts.booking_failed, " ", linkTo(this.#address(""), texts.booking_link));
  };
}
