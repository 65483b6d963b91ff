// What the pages share: elements, calls of the API, words for times and money.

/** An element with properties and children. Texts go in as texts: nothing here ever parses HTML. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Show one of the page's sections, hide its siblings, and take the reader there. */
export function show(section, { focus = true } = {}) {
  for (const sibling of section.parentElement.children) {
    if (sibling.hasAttribute("data-step")) sibling.hidden = sibling !== section;
  }
  const heading = section.querySelector("h1, h2");
  if (focus && heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    section.scrollIntoView({ block: "nearest" });
  }
}

/** One line for everybody, read out by screen readers. Empty text takes it away. */
export function say(text, { isWarning = false } = {}) {
  const place = byId("message");
  place.className = text ? `notice${isWarning ? " warn" : ""}` : "";
  place.replaceChildren(...(text ? [el("p", {}, text)] : []));
}

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

/** The answer as {ok, status, body}. A lost connection is status 0 with words for a person. */
export async function call(method, path, { body, headers = {} } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (method !== "GET") sent["X-CSRFToken"] = cookie("csrftoken");
  try {
    const answer = await fetch(path, {
      method,
      headers: sent,
      credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const isEmpty = answer.status === 204;
    return { ok: answer.ok, status: answer.status, body: isEmpty ? {} : await answer.json().catch(() => ({})) };
  } catch {
    const detail = "The site cannot be reached just now. Please check your connection and try again.";
    return { ok: false, status: 0, body: { detail } };
  }
}

/** What a refusal says, in words. */
export function wordsOf(answer) {
  return answer.body.detail || "Something went wrong. Please try again in a moment.";
}

/** Run `work` once at a time for a form or a button, which shows that it is busy. */
export async function whileBusy(button, work) {
  if (button.disabled) return;
  button.disabled = true;
  try {
    await work();
  } finally {
    button.disabled = false;
  }
}

/** Put the API's errors beside the fields whose `name` they bear; what has no field comes back as text. */
export function showErrors(form, errors = {}) {
  for (const old of form.querySelectorAll(".error")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const homeless = [];
  let first = null;
  for (const [name, list] of Object.entries(errors)) {
    const text = list.map((error) => error.message).join(" ");
    const field = form.elements.namedItem(name);
    if (!(field instanceof HTMLElement)) {
      homeless.push(text);
      continue;
    }
    const id = `error-${name.replaceAll(/\W/g, "-")}`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
    field.closest(".field, .choice").append(el("p", { className: "error", id }, text));
    first ??= field;
  }
  first?.focus();
  return homeless.join(" ");
}

export function money(amount, currency) {
  const isWhole = Number(amount) % 1 === 0;
  const digits = { minimumFractionDigits: isWhole ? 0 : 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat("en-GB", { style: "currency", currency, ...digits }).format(amount);
}

const format = (options) => (at, timeZone) => new Intl.DateTimeFormat("en-GB", { timeZone, ...options }).format(new Date(at));
export const timeOf = format({ hour: "2-digit", minute: "2-digit", hour12: false });
export const timeWithZone = format({ hour: "2-digit", minute: "2-digit", hour12: false, timeZoneName: "short" });
export const dayOf = format({ weekday: "long", day: "numeric", month: "long" });
export const dayAndTime = format({
  weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
});

/** Term and text pairs for a <dl class="facts">; pairs without text are left out. */
export function facts(pairs) {
  return pairs.filter(([, text]) => text).flatMap(([term, text]) => [el("dt", {}, term), el("dd", {}, text)]);
}

export function factsOf(booking) {
  const place = [...booking.location.name.split(", "), ...booking.location.address.split("\n")];
  return facts([
    ["Treatment", `${booking.treatment.name}, ${booking.minutes} minutes`],
    ["When", dayAndTime(booking.starts_at, booking.time_zone)],
    ["With", booking.therapist.name],
    ["Where", [...new Set(place)].join("\n")],
    ["How to find it", booking.location.directions],
    ["Price", money(booking.price, booking.currency)],
    ["Reference", booking.reference],
  ]);
}

/** Save the booking's calendar file. A script fetches it, because the token must not stand in an address. */
export async function saveCalendarFile(reference, token) {
  const headers = token ? { Authorization: `Booking ${token}` } : {};
  const answer = await fetch(`/api/v1/bookings/${encodeURIComponent(reference)}/calendar.ics`, { headers });
  if (!answer.ok) return false;
  const link = el("a", { href: URL.createObjectURL(await answer.blob()), download: `${reference}.ics` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  return true;
}
