// Choosing a password by a link. Its key stands behind the #, which no server and no Referer ever sees.
import { byId, call, say, show, showErrors, whileBusy } from "./page.js";

const ADDRESS = "/_allauth/browser/v1/auth/password/reset";
const key = () => decodeURIComponent(location.hash.slice(1));

async function start() {
  const answer = key() ? await call("GET", ADDRESS, { headers: { "X-Password-Reset-Key": key() } }) : { ok: false };
  show(byId(answer.ok ? "choosing" : "closed"));
}

async function set(form) {
  const password = form.elements.namedItem("password").value;
  const answer = await call("POST", ADDRESS, { body: { key: key(), password } });
  const errors = answer.body.errors ?? [];
  // Set, and not signed in by it: the answer to success is "please sign in".
  if (answer.status === 401 && !errors.length) return show(byId("done"));
  if (errors.some((error) => error.param === "key")) return show(byId("closed"));
  if (answer.status === 429) return say("Too many attempts. Please wait a few minutes.", { isWarning: true });
  const homeless = showErrors(form, { password: errors });
  if (homeless || !errors.length) say(homeless || "That did not work. Please try again.", { isWarning: true });
}

byId("password-form").addEventListener("submit", (event) => {
  event.preventDefault();
  whileBusy(byId("set"), async () => { say(""); await set(event.target); });
});
byId("shown").addEventListener("change", (event) => {
  byId("password").type = event.target.checked ? "text" : "password";
});
addEventListener("hashchange", start);
start();
