// The page behind the link in messages. The token stands behind the #, which no server and no Referer ever sees.
import { byId, call, dayAndTime, el, factsOf, money, saveCalendarFile, say, show, whileBusy, wordsOf } from "./page.js";
import { horizon, offerTimes } from "./times.js";

const reference = document.querySelector("main").dataset.reference;
const address = `/api/v1/bookings/${encodeURIComponent(reference)}/`;
const token = () => decodeURIComponent(location.hash.slice(1));
const headers = () => (token() ? { Authorization: `Booking ${token()}` } : {});
const WORDS_OF_STATUS = {
  arrived: "You have arrived.", "checked-in": "You have arrived.", fulfilled: "This appointment has taken place.",
  cancelled: "This booking is cancelled.", noshow: "You did not come to this appointment.",
  "entered-in-error": "This booking was entered by mistake and does not count.",
};
let booking = null;
let chosen = null;

async function load() {
  const answer = await call("GET", address, { headers: headers() });
  if (answer.ok) return draw(answer.body);
  byId("refusal").textContent = {
    401: "This address needs the whole link from your confirmation, or a sign-in.",
    404: "This link opens no booking. Please use the whole link from your latest message.",
    410: "This booking is over, and its link with it.",
  }[answer.status] ?? wordsOf(answer);
  show(byId("closed"));
}

function draw(fresh, { focus = false } = {}) {
  booking = fresh;
  byId("facts").replaceChildren(...factsOf(booking));
  byId("state").textContent = WORDS_OF_STATUS[booking.status] ?? "";
  const hasFee = Number(booking.cancellation_fee) > 0;
  byId("fee-due").textContent = hasFee ? `A cancellation fee of ${money(booking.cancellation_fee, booking.currency)} is due.` : "";
  byId("state-notice").hidden = !byId("state").textContent && !hasFee;
  byId("move-open").hidden = !booking.can_move;
  byId("cancel-open").hidden = !booking.can_cancel;
  byId("calendar").hidden = !booking.can_cancel;
  byId("too-late").hidden = !booking.can_cancel || booking.can_move;
  byId("policy").textContent = booking.cancellation.policy;
  show(byId("booking"), { focus });
}

function openCancelling() {
  const { free_until: freeUntil, is_late_now: isLate, fee_now: fee } = booking.cancellation;
  const until = dayAndTime(freeUntil, booking.time_zone);
  byId("cancel-cost").className = `notice${isLate ? " warn" : ""}`;
  byId("cancel-cost").replaceChildren(
    el("p", {}, isLate
      ? `Cancelling was free until ${until}. Cancelling now costs ${money(fee, booking.currency)}.`
      : `Cancelling is free until ${until}.`),
  );
  show(byId("cancelling"));
}

async function cancel() {
  const body = { expected_fee: booking.cancellation.fee_now, reason: byId("reason").value };
  const answer = await call("POST", `${address}cancel/`, { body, headers: headers() });
  if (answer.ok) {
    say("Your booking is cancelled. A message confirms it.");
    return draw(answer.body, { focus: true });
  }
  say(wordsOf(answer), { isWarning: true });
  await load();
  // The fee may have changed while the page stood open: it is shown again before anything is done.
  if (booking?.can_cancel && answer.body.code === "fee_changed") openCancelling();
}

async function openMoving() {
  show(byId("moving"));
  const clinic = await call("GET", "/api/v1/clinic/");
  const days = clinic.ok ? clinic.body.booking_rules.horizon_days : 56;
  const wanted = { treatment: booking.treatment.slug, minutes: booking.minutes, therapist: booking.therapist.id };
  await offerTimes(byId("times"), {
    wanted, timeZone: booking.time_zone, lastDate: horizon(booking.time_zone, days), pick: confirmMove,
  });
}

function confirmMove(slot) {
  chosen = slot;
  byId("move-from").textContent = dayAndTime(booking.starts_at, booking.time_zone);
  byId("move-to").textContent = dayAndTime(slot.starts_at, booking.time_zone);
  show(byId("confirming"));
}

async function move() {
  const body = { starts_at: chosen.starts_at, therapist: booking.therapist.id };
  const answer = await call("POST", `${address}reschedule/`, { body, headers: headers() });
  if (answer.ok) {
    say("Your booking is moved. A message confirms it.");
    return draw(answer.body, { focus: true });
  }
  say(wordsOf(answer), { isWarning: true });
  if (["slot_taken", "slot_unavailable"].includes(answer.body.code)) return openMoving();
  await load();
}

async function save() {
  if (!(await saveCalendarFile(booking.reference, token()))) say("The calendar file cannot be made just now.", { isWarning: true });
}

const back = () => { say(""); show(byId("booking")); };
const doing = (id, work) => byId(id).addEventListener("click", (event) => whileBusy(event.currentTarget, async () => { say(""); await work(); }));
doing("cancel-open", openCancelling);
doing("cancel-do", cancel);
doing("move-open", openMoving);
doing("move-do", move);
doing("calendar", save);
for (const button of document.querySelectorAll("[data-back]")) button.addEventListener("click", back);
byId("other-time").addEventListener("click", openMoving);
addEventListener("hashchange", load);
load();
