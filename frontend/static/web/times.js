// Free times to pick from: a fortnight at a time, by the clinic's clock.
import { call, dayOf, el, timeOf, timeWithZone, wordsOf } from "./page.js";

const DAYS_AT_A_TIME = 14;

/** The local date in `timeZone`, as 2026-11-23. */
export function today(timeZone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

function plusDays(date, days) {
  const [year, month, day] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

/**
 * Fill `box` with the free times for `wanted` ({treatment, minutes, therapist?}) from today on.
 * `pick(slot)` is called with {starts_at, therapists}. `lastDate` is the last that can be booked.
 */
export async function offerTimes(box, { wanted, timeZone, lastDate, pick, from = today(timeZone) }) {
  const first = today(timeZone);
  const last = [plusDays(from, DAYS_AT_A_TIME - 1), lastDate].sort()[0];
  const again = (start) => offerTimes(box, { wanted, timeZone, lastDate, pick, from: start });
  box.setAttribute("aria-busy", "true");
  const query = new URLSearchParams({ ...wanted, from, to: last < from ? from : last });
  const answer = await call("GET", `/api/v1/availability/?${query}`);
  box.removeAttribute("aria-busy");
  if (!answer.ok) {
    box.replaceChildren(el("p", { className: "notice warn" }, wordsOf(answer)));
    return;
  }
  const days = answer.body.days.filter((day) => day.slots.length);
  const turn = el("div", { className: "actions" });
  if (from > first) {
    turn.append(el("button", { type: "button", className: "quiet", onclick: () => again([plusDays(from, -DAYS_AT_A_TIME), first].sort()[1]) }, "Earlier"));
  }
  if (last < lastDate) {
    turn.append(el("button", { type: "button", className: "quiet", onclick: () => again(plusDays(last, 1)) }, "Later"));
  }
  const nothing = el("p", {}, `Nothing is free from ${dayOf(`${from}T12:00Z`, "UTC")} to ${dayOf(`${last}T12:00Z`, "UTC")}.`);
  box.replaceChildren(...(days.length ? days.map((day, index) => dayWithTimes(day, timeZone, pick, { isOpen: index === 0 })) : [nothing]), turn);
}

function dayWithTimes(day, timeZone, pick, { isOpen }) {
  const labels = day.slots.map((slot) => timeOf(slot.starts_at, timeZone));
  const buttons = day.slots.map((slot, index) => {
    // When clocks go back an hour comes twice: there the zone says which is meant.
    const isTwice = labels.filter((label) => label === labels[index]).length > 1;
    const text = isTwice ? timeWithZone(slot.starts_at, timeZone) : labels[index];
    return el("li", {}, el("button", { type: "button", className: "quiet", onclick: () => pick(slot) }, text));
  });
  const count = `${day.slots.length} ${day.slots.length === 1 ? "time" : "times"}`;
  const name = el("summary", {}, el("b", {}, dayOf(`${day.date}T12:00Z`, "UTC")), " ", el("small", {}, count));
  return el("details", { className: "day", name: "day", open: isOpen }, name, el("ul", { className: "times" }, ...buttons));
}

/** The last local date that `horizonDays` from today reaches. */
export const horizon = (timeZone, horizonDays) => plusDays(today(timeZone), horizonDays);
