// Booking, step by step: treatment and length, time, details, done.
import { byId, call, dayAndTime, el, factsOf, money, saveCalendarFile, say, show, showErrors, timeOf, whileBusy, wordsOf } from "./page.js";
import { horizon, offerTimes } from "./times.js";

const chosen = { treatment: null, minutes: 0, therapist: null, slot: null, hold: null };
let clinic = null;
let treatments = [];
let therapists = [];
let sent = { text: "", key: "" };
let done = null;

async function start() {
  const answers = await Promise.all(["clinic", "treatments", "therapists", "guide"].map((name) => call("GET", `/api/v1/${name}/`)));
  const lost = answers.find((answer) => !answer.ok);
  if (lost) return say(wordsOf(lost), { isWarning: true });
  [clinic, treatments, therapists] = answers.slice(0, 3).map((answer) => answer.body);
  drawTreatments();
  drawSafetyQuestions(answers[3].body.safety_questions);
  byId("policy").textContent = clinic.cancellation_policy;
  show(byId("choosing"), { focus: false });
}

// --- Treatment and length ---------------------------------------------------------------------------

function drawTreatments() {
  const wanted = new URLSearchParams(location.search).get("treatment");
  byId("treatments").replaceChildren(...treatments.map((treatment) => {
    const lengths = treatment.options.map((option) => el("li", {}, el("button", {
      type: "button", className: "quiet", onclick: () => choose(treatment, option.minutes),
    }, `${option.minutes} min · ${money(option.price, option.currency)}`, option.label ? el("small", {}, option.label) : null)));
    const more = el("details", { open: treatment.slug === wanted }, el("summary", {}, "About it"), ...about(treatment));
    const heading = el("h3", { id: `treatment-${treatment.slug}` }, treatment.name);
    return el("li", { className: "card", "aria-labelledby": heading.id }, heading, el("p", {}, treatment.summary), more, el("ul", { className: "choices" }, ...lengths));
  }));
  document.getElementById(`treatment-${wanted}`)?.scrollIntoView({ block: "center" });
}

function about(treatment) {
  const age = treatment.minimum_age ? `For people of ${treatment.minimum_age} and over.` : "";
  const texts = [["Who should not have it", treatment.not_for], ["What to wear", treatment.what_to_wear]];
  const known = treatment.is_for_new_clients ? "" : "For people who have been here before: please sign in first.";
  return [
    ...texts.filter(([, text]) => text).flatMap(([title, text]) => [el("h4", {}, title), el("p", { className: "prose" }, plain(text))]),
    ...[age, known].filter(Boolean).map((text) => el("p", {}, text)),
  ];
}

/** Markdown's marks are left out; its words and lines stay. */
const plain = (text) => text.replaceAll(/[*_#]+/g, "").replaceAll(/^\s*- /gm, "• ");

function choose(treatment, minutes) {
  Object.assign(chosen, { treatment, minutes });
  const fitting = therapists.filter((therapist) => therapist.treatments.includes(treatment.slug));
  byId("therapist").replaceChildren(
    el("option", { value: "" }, "Whoever is free"),
    ...fitting.map((therapist) => el("option", { value: String(therapist.id) }, therapist.name)),
  );
  byId("therapist-field").hidden = fitting.length < 2;
  return chooseTime();
}

// --- Time -------------------------------------------------------------------------------------------

async function chooseTime() {
  byId("wanted").textContent = `${chosen.treatment.name}, ${chosen.minutes} minutes`;
  show(byId("timing"));
  const therapist = byId("therapist").value;
  await offerTimes(byId("times"), {
    wanted: { treatment: chosen.treatment.slug, minutes: chosen.minutes, ...(therapist && { therapist }) },
    timeZone: clinic.time_zone,
    lastDate: horizon(clinic.time_zone, clinic.booking_rules.horizon_days),
    pick: hold,
  });
}

/** Keep the time while the form is filled in. */
async function hold(slot) {
  say("");
  await letGo();
  const therapist = byId("therapist").value;
  const body = { treatment: chosen.treatment.slug, minutes: chosen.minutes, starts_at: slot.starts_at, ...(therapist && { therapist: Number(therapist) }) };
  const answer = await call("POST", "/api/v1/holds/", { body });
  if (!answer.ok) {
    say(wordsOf(answer), { isWarning: true });
    return chooseTime();
  }
  Object.assign(chosen, { slot, hold: answer.body.token, therapist: answer.body.therapist });
  const who = therapists.find((person) => person.id === answer.body.therapist)?.name;
  byId("held").textContent = `${chosen.treatment.name}, ${chosen.minutes} minutes, ${dayAndTime(slot.starts_at, clinic.time_zone)}${who ? `, with ${who}` : ""}.`;
  byId("until").textContent = `The time is kept for you until ${timeOf(answer.body.expires_at, clinic.time_zone)}.`;
  show(byId("details"));
}

async function letGo() {
  if (!chosen.hold) return;
  const token = chosen.hold;
  chosen.hold = null;
  await call("DELETE", `/api/v1/holds/${encodeURIComponent(token)}/`);
}

// --- Details ----------------------------------------------------------------------------------------

function drawSafetyQuestions(questions) {
  byId("safety").replaceChildren(...questions.map((question) => el("label", { className: "choice" },
    el("input", { type: "checkbox", name: "safety", value: question.slug }), el("span", {}, question.question))));
}

function bodyOf(form) {
  const text = (name) => form.elements.namedItem(`client.${name}`).value.trim();
  return {
    treatment: chosen.treatment.slug,
    minutes: chosen.minutes,
    starts_at: chosen.slot.starts_at,
    therapist: chosen.therapist,
    hold: chosen.hold,
    client: {
      first_name: text("first_name"), last_name: text("last_name"), email: text("email"), phone: text("phone"),
      date_of_birth: text("date_of_birth") || null,
    },
    safety: [...form.querySelectorAll("[name=safety]:checked")].map((box) => box.value),
    accepts_policy: form.elements.namedItem("accepts_policy").checked,
  };
}

/** One key for one body: what is sent again after a lost connection is carried out once. */
function keyFor(text) {
  if (sent.text !== text) {
    const random = crypto.getRandomValues(new Uint8Array(16));
    sent = { text, key: [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  return sent.key;
}

async function book(form) {
  say("");
  const body = bodyOf(form);
  const headers = { "Idempotency-Key": keyFor(JSON.stringify(body)) };
  const answer = await call("POST", "/api/v1/bookings/", { body, headers });
  if (answer.ok) return finish(answer.body);
  const { code, errors, advice } = answer.body;
  const homeless = showErrors(form, errors);
  if (code === "safety_advice") return stop(advice);
  say(homeless || wordsOf(answer), { isWarning: true });
  if (["slot_taken", "slot_unavailable", "hold_ended"].includes(code)) {
    chosen.hold = null;
    await chooseTime();
  }
}

function stop(advice) {
  byId("advice").textContent = advice.text;
  letGo();
  show(byId("stopped"));
}

function finish(booking) {
  done = booking;
  chosen.hold = null;
  byId("facts").replaceChildren(...factsOf(booking));
  byId("manage").href = `/manage/${encodeURIComponent(booking.reference)}#${booking.manage_token}`;
  show(byId("finished"));
}

// --- Steps back, and leaving ------------------------------------------------------------------------

byId("details-form").addEventListener("submit", (event) => {
  event.preventDefault();
  whileBusy(byId("book-do"), () => book(event.target));
});
byId("therapist").addEventListener("change", chooseTime);
byId("other-treatment").addEventListener("click", () => { say(""); show(byId("choosing")); });
byId("other-time").addEventListener("click", async () => { say(""); await letGo(); await chooseTime(); });
byId("calendar").addEventListener("click", () => saveCalendarFile(done.reference, done.manage_token));
start();
