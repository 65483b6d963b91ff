// Signing in over /_allauth/: clients by a code from their mailbox, staff by password, then a second factor if there is one.
import { byId, call, dayAndTime, el, say, show, showErrors, whileBusy } from "./page.js";

const AUTH = "/_allauth/browser/v1/auth/";
const WORDS = {
  too_many_login_attempts: "Too many attempts. Please wait a few minutes.",
  email_password_mismatch: "This address and password do not go together.",
  incorrect_code: "This code is not the right one.",
};

/** Only addresses of this site: a link must not lead elsewhere by way of the sign-in. */
export function nextAddress(search, origin) {
  const wanted = new URLSearchParams(search).get("next");
  if (!wanted?.startsWith("/")) return null;
  const target = new URL(wanted, origin);
  return target.origin === origin ? target.pathname + target.search : null;
}

const isPending = (answer, id) => answer.body.data?.flows?.some((flow) => flow.id === id && flow.is_pending);

/** Go on with whatever the answer asks for; false when it asks for nothing. */
async function goOn(answer, { isNew = false } = {}) {
  if (answer.ok) return welcome({ isNew });
  if (isPending(answer, "mfa_authenticate")) return show(byId("second"));
  if (isPending(answer, "login_by_code")) return show(byId("code"));
  return false;
}

function refuse(form, answer) {
  if (answer.status === 429) return say(WORDS.too_many_login_attempts, { isWarning: true });
  if (answer.status === 409) {
    say("This code is no longer good. Please ask for a new one.", { isWarning: true });
    return show(byId("ways"));
  }
  const errors = {};
  for (const { code, message, param } of answer.body.errors ?? []) {
    (errors[param ?? ""] ??= []).push({ message: WORDS[code] ?? message });
  }
  const homeless = showErrors(form, errors);
  if (homeless || !answer.body.errors) say(homeless || answer.body.detail || "That did not work. Please try again.", { isWarning: true });
}

function onSubmit(id, work) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    whileBusy(form.querySelector("[type=submit]"), async () => {
      say("");
      showErrors(form);
      await work(form, Object.fromEntries(new FormData(form)));
    });
  });
}

const step = (path, { isNew = false } = {}) => async (form, body) => {
  const answer = await call("POST", AUTH + path, { body });
  if ((await goOn(answer, { isNew })) === false) refuse(form, answer);
};

onSubmit("code-request", async (form, body) => {
  byId("sent-to").textContent = body.email;
  await step("code/request")(form, body);
});
onSubmit("code-confirm", step("code/confirm", { isNew: true }));
onSubmit("password-form", step("login", { isNew: true }));
onSubmit("second-form", step("2fa/authenticate", { isNew: true }));
onSubmit("forgotten-form", async (form, body) => {
  const answer = await call("POST", `${AUTH}password/request`, { body });
  if (!answer.ok) return refuse(form, answer);
  say("If this address belongs to a member of staff, a link is on its way there.");
  show(byId("ways"));
});

// --- Signed in --------------------------------------------------------------------------------------

async function welcome({ isNew }) {
  const { user } = (await call("GET", "/api/v1/session/")).body;
  const next = nextAddress(location.search, location.origin);
  if (isNew && next) return location.assign(next);
  if (isNew && user.role === "owner") return location.assign("/admin/");
  byId("who").textContent = `You are signed in as ${user.name || user.email}.`;
  byId("owner-links").hidden = user.role !== "owner";
  byId("staff-words").hidden = user.role === "client";
  byId("own").hidden = user.role !== "client";
  show(byId("inside"));
  if (user.role === "client") await listBookings();
}

async function listBookings() {
  const answer = await call("GET", "/api/v1/me/bookings/");
  const bookings = answer.ok ? answer.body.results : [];
  const words = { cancelled: "cancelled", fulfilled: "past", noshow: "missed" };
  byId("bookings").replaceChildren(...bookings.map((booking) => el("li", {},
    el("a", { href: `/manage/${encodeURIComponent(booking.reference)}` }, dayAndTime(booking.starts_at, booking.time_zone)),
    ` · ${booking.treatment.name}, ${booking.minutes} minutes`,
    words[booking.status] ? el("small", {}, ` · ${words[booking.status]}`) : null)));
  byId("no-bookings").hidden = bookings.length > 0;
}

byId("sign-out").addEventListener("click", (event) => whileBusy(event.currentTarget, async () => {
  await call("DELETE", `${AUTH}session`);
  say("You are signed out.");
  show(byId("ways"));
}));
byId("forgotten-open").addEventListener("click", () => { say(""); show(byId("forgotten")); });
for (const button of document.querySelectorAll("[data-back]")) {
  button.addEventListener("click", () => { say(""); show(byId("ways")); });
}

const now = await call("GET", `${AUTH}session`);
if ((await goOn(now)) === false) show(byId("ways"), { focus: false });
