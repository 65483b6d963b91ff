import type { Schema } from "$lib/api";
import { say } from "$lib/texts";
import { Clock, dayName, plusDays, visitorZone } from "$lib/time";
import { embed as texts } from "$texts";

import { bookingAddress, CLINIC, element, linkTo, styled } from "./clinic-site";
import { countFrom, pickTimes, type ShownDay } from "./free-times";

const STYLES = `
:host { display: block; font: 1rem/1.6 system-ui, sans-serif; letter-spacing: normal; text-align: start; text-transform: none; }
h3 { margin: 0 0 .5rem; font-size: 1.1em; }
ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; }
ul ul { gap: .4rem; }
span { display: block; margin-bottom: .25rem; }
a { color: inherit; }
ul a {
  display: block; min-width: 4rem; padding: .35rem .8rem; text-align: center; text-decoration: none;
  border: 2px solid var(--clinic, currentColor); border-radius: .6rem; font-variant-numeric: tabular-nums;
}
ul a:hover { text-decoration: underline; }
a:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
p { margin: .75rem 0 0; font-size: .9em; }
`;
const USUAL_COUNT = 6;
const DAYS_AHEAD = 27;

type Found = { clinic: Schema["Clinic"]; name: string; minutes: number; days: ShownDay[] };

/** The next free times of a treatment, each a link to book it. */
export class GroundworkTimes extends HTMLElement {
  static readonly observedAttributes = ["treatment", "minutes", "count"];

  readonly #box = element("div");
  #latest: AbortController | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    styled(root, STYLES);
    root.append(this.#box);
  }

  connectedCallback(): void {
    void this.#show();
  }

  disconnectedCallback(): void {
    this.#latest?.abort();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.#show();
  }

  async #show(): Promise<void> {
    this.#latest?.abort();
    const { signal } = (this.#latest = new AbortController());
    this.#box.replaceChildren(element("p", { role: "status" }, texts.loading));
    try {
      const found = await this.#find(signal);
      this.#box.replaceChildren(...(found.days.length ? this.#times(found) : this.#nothing(found)));
    } catch {
      if (!signal.aborted) this.#box.replaceChildren(this.#words(texts.times_failed));
    }
  }

  async #find(signal: AbortSignal): Promise<Found> {
    if (!this.#treatment) throw new Error("groundwork-times needs a treatment");
    const slug = encodeURIComponent(this.#treatment);
    const [clinic, treatment] = await Promise.all([
      read<Schema["Clinic"]>("/api/v1/clinic/", signal),
      read<Schema["Treatment"]>(`/api/v1/treatments/${slug}/`, signal),
    ]);
    const usual = treatment.options.find((option) => !option.is_first_visit_only) ?? treatment.options[0];
    const minutes = Number(this.getAttribute("minutes") || usual?.minutes); // minutes="" names no length either
    const today = new Clock(clinic.time_zone).wallOf(new Date()).date;
    const last = plusDays(today, Math.min(clinic.booking_rules.horizon_days, DAYS_AHEAD));
    const query = `treatment=${slug}&minutes=${minutes}&from=${today}&to=${last}`;
    const { days } = await read<Schema["Availability"]>(`/api/v1/availability/?${query}`, signal);
    const count = countFrom(this.getAttribute("count"), USUAL_COUNT);
    return { clinic, name: treatment.name, minutes, days: pickTimes(days, count) };
  }

  #times({ clinic, name, minutes, days }: Found): Node[] {
    const clock = new Clock(clinic.time_zone);
    this.#box.style.setProperty("--clinic", clinic.colour);
    const list = days.map(({ date, times }) => {
      const links = times.map((at) => {
        const address = bookingAddress(this.#treatment, { minutes: String(minutes), date });
        const link = linkTo(address, clock.time(at));
        link.setAttribute("aria-label", say(texts.book_at, { name, day: dayName(date), time: clock.time(at) }));
        return element("li", {}, link);
      });
      return element("li", {}, element("span", {}, dayName(date)), element("ul", {}, ...links));
    });
    const isElsewhere = days.some((day) => day.times.some((at) => clock.differsFrom(visitorZone(), at)));
    return [
      element("h3", {}, say(texts.times_title, { name, n: minutes })),
      element("ul", {}, ...list),
      ...(isElsewhere ? [element("p", {}, say(texts.zone, { zone: clinic.time_zone.replaceAll("_", " ") }))] : []),
      element("p", {}, linkTo(bookingAddress(this.#treatment, { minutes: String(minutes) }), texts.all_times)),
    ];
  }

  #nothing({ name }: Found): Node[] {
    return [this.#words(say(texts.nothing_free, { name }))];
  }

  #words(text: string): Node {
    const address = bookingAddress(this.#treatment, { minutes: this.getAttribute("minutes") ?? "" });
    return element("p", { role: "status" }, text, " ", linkTo(address, texts.booking_link));
  }

  get #treatment(): string {
    return this.getAttribute("treatment") ?? "";
  }
}

/** What the clinic tells everybody, without cookies. Raises where it does not, or not to this site. */
async function read<Content>(path: string, signal: AbortSignal): Promise<Content> {
  const answer = await fetch(CLINIC + path, { credentials: "omit", signal });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as Content;
}
