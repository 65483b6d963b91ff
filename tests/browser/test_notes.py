"""Treatment notes: they save themselves, survive a lost connection, are signed, and stay with those who may read."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Error, Page, Response, Route, expect

from clients.models import Client, TreatmentNote
from clients.services.entries import Kind, record_entry
from clients.services.notes import NoteContent, add_addendum, draft_note, read_note, rewrite_draft, sign_note
from clients.services.screening import store_screening
from clinic.accounts.models import User
from tests.browser.conftest import Site, assert_accessible, wait_until_quiet
from tests.browser.test_sign_in import give_password, with_password
from tests.clients.entry_records import CANARY, CONTENTS
from tests.clients.records import ADDED, ANSWER, WORDS
from tests.factories import make_client, make_user

TYPED: Final = "canary-typed-77e2"
WHOLE: Final = NoteContent("Sore knee", "Tight calf", "Eases with work", "Calf raises")
SIGNED_IN_SCREENS: Final = (
    *("/staff/", "/staff/diary/?view=day", "/staff/diary/?view=week", "/staff/diary/?view=list"),
    *("/staff/clients/", "/staff/clients/?q=rob", "/staff/hours/", "/staff/waitlist/", "/staff/messages/"),
)
SECTIONS: Final = ("history", "notes", "measurements", "intake", "body-charts", "home-care", "details", "consents")

# Everything that lies in the browser's stores, in every way in which text may lie there.
READ_STORES: Final = """async () => {
  const told = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  const tell = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer ?? value);
      for (const encoding of ["utf-8", "utf-16le", "latin1"]) told.push(new TextDecoder(encoding).decode(bytes));
    } else if (value instanceof CryptoKey) told.push(value.extractable ? "EXTRACTABLE KEY" : "sealed key");
    else if (value && typeof value === "object") Object.values(value).forEach(tell);
    else told.push(String(value));
  };
  const answered = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await answered(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      told.push(`${name}/${store}`, ...(await answered(objects.getAllKeys())).map(String));
      tell(await answered(objects.getAll()));
    }
    database.close();
  }
  return told.join("\\n");
}"""
# As when the window is turned to again.
TURN_TO_THE_PAGE: Final = "document.dispatchEvent(new Event('visibilitychange'))"
# What a careless change would do: keep the words as they are.
SEAL_NOTHING: Final = "crypto.subtle.encrypt = async (_, key, text) => text.slice().buffer;"


@pytest.fixture
def client(site: Site) -> Client:
    return make_client(care_team=(site.therapist_user,), first_name="Robin", last_name="Example")


@pytest.fixture
def therapist_page(page: Page, context: BrowserContext, site: Site) -> Page:
    site.sign_in(context, site.therapist_user)
    return page


def draft(client: Client, author: User, content: NoteContent = WHOLE) -> TreatmentNote:
    today = timezone.localdate()
    return draft_note(client, author=author, content=content, session_on=today, today=today)


def signed(client: Client, author: User, content: NoteContent = WHOLE) -> TreatmentNote:
    return sign_note(draft(client, author, content).pk, author=author, version=1, now=timezone.now())


def address(site: Site, client: Client, query: str = "") -> str:
    return f"{site.url}/staff/clients/{client.pk}/{query}"


def words_of(note: TreatmentNote) -> NoteContent:
    return read_note(note.pk, reader=note.author).content


def expect_saved(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d$"))).to_be_visible()


def type_without_connection(page: Page, context: BrowserContext) -> str:
    """Begins a note, loses the connection, types on; the note's address."""
    page.get_by_label("Subjective").fill("Before the connection was lost")
    expect_saved(page)
    at = page.url
    context.set_offline(True)
    page.get_by_label("Plan").fill(TYPED)
    expect(page.get_by_text("Not saved: no connection. Kept on this device; still trying.")).to_be_visible()
    return at


def test_a_note_saves_itself_and_has_its_own_address(therapist_page: Page, site: Site, client: Client) -> None:
    page = therapist_page
    page.goto(address(site, client, "?section=notes&write"))
    page.get_by_label("Another day").check()
    page.get_by_role("button", name="Start writing").click()
    page.get_by_label("Subjective").fill("Better than last time")
    expect_saved(page)
    assert_accessible(page)

    note = TreatmentNote.objects.get()
    assert words_of(note) == NoteContent(subjective="Better than last time")
    page.reload()
    expect(page.get_by_label("Subjective")).to_have_value("Better than last time")
    page.get_by_label("Subjective").fill("Much better")
    page.get_by_label("Plan").focus()  # leaving the field saves at once
    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()).subjective == "Much better"


def test_words_typed_without_a_connection_arrive_when_it_is_back(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    therapist_page.goto(address(site, client, "?note=new"))
    type_without_connection(therapist_page, context)
    context.set_offline(False)

    expect_saved(therapist_page)
    assert words_of(TreatmentNote.objects.get()) == NoteContent("Before the connection was lost", plan=TYPED)
    assert "note/" not in therapist_page.evaluate(READ_STORES)


def test_words_typed_without_a_connection_survive_a_reload(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    type_without_connection(page, context)
    with pytest.raises(Error):
        page.reload()
    context.set_offline(False)

    page.goto(f"{site.url}/staff/clients/")
    expect(page.get_by_text("One note has text that is only on this device.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=f"Robin Example, {timezone.localdate()}").click()
    expect(page.get_by_label("Plan")).to_have_value(TYPED)
    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()).plan == TYPED


def test_a_note_that_never_reached_the_server_survives_a_reload(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    at = page.url
    expect(page.get_by_label("Subjective")).to_be_visible()
    context.set_offline(True)
    page.get_by_label("Subjective").fill(TYPED)
    page.get_by_label("Plan").focus()
    expect(page.get_by_text("Kept on this device; still trying.")).to_be_visible()
    with pytest.raises(Error):
        page.reload()
    context.set_offline(False)

    page.goto(at)
    expect(page.get_by_label("Subjective")).to_have_value(TYPED)
    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()).subjective == TYPED


def test_a_kept_draft_is_sealed(therapist_page: Page, context: BrowserContext, site: Site, client: Client) -> None:
    therapist_page.goto(address(site, client, "?note=new"))
    type_without_connection(therapist_page, context)

    kept = therapist_page.evaluate(READ_STORES)
    assert "note/" in kept
    assert "sealed key" in kept
    assert "EXTRACTABLE KEY" not in kept
    assert TYPED not in kept
    assert "Robin" not in kept


def test_a_draft_kept_in_the_open_would_be_found(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    """The control: with sealing switched off, the search above finds the words."""
    therapist_page.add_init_script(SEAL_NOTHING)
    therapist_page.goto(address(site, client, "?note=new"))
    type_without_connection(therapist_page, context)

    assert TYPED in therapist_page.evaluate(READ_STORES)


def test_signing_out_leaves_nothing_on_the_device(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    type_without_connection(page, context)
    page.route("**/api/v1/notes/**", lambda route: route.abort())
    context.set_offline(False)
    page.goto(f"{site.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{site.url}/")

    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0


def test_another_account_on_the_same_device_finds_no_draft(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    at = type_without_connection(page, context)
    page.route("**/api/v1/notes/**", lambda route: route.abort())
    context.set_offline(False)
    site.sign_in(context, site.owner)
    page.goto(f"{site.url}/staff/clients/")
    expect(page.get_by_role("heading", name="Clients")).to_be_visible()
    wait_until_quiet(page)

    assert "note/" not in page.evaluate(READ_STORES)
    page.unroute("**/api/v1/notes/**")
    page.goto(at)
    expect(page.get_by_text("Before the connection was lost")).to_be_visible()
    expect(page.get_by_text(TYPED)).to_have_count(0)


def test_a_session_that_ends_while_somebody_writes_loses_nothing(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    page.get_by_label("Subjective").fill("Before")
    expect_saved(page)
    Session.objects.all().delete()

    page.get_by_label("Plan").fill(TYPED)
    expect(page.get_by_text("you are signed out")).to_be_visible()
    expect(page.get_by_text("Kept on this device")).to_be_visible()
    page.evaluate(TURN_TO_THE_PAGE)
    page.wait_for_url("**/sign-in/?next=*")
    assert TYPED not in page.evaluate(READ_STORES)

    site.sign_in(context, site.therapist_user)
    page.reload()  # the sign-in page knows who is there, and leads back
    expect(page.get_by_label("Plan")).to_have_value(TYPED)
    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()) == NoteContent("Before", plan=TYPED)


def test_whoever_is_signed_out_while_writing_is_led_to_the_sign_in_and_back(
    page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    site.sign_in(context, with_password(site.therapist_user))
    page.goto(address(site, client, "?note=new"))
    page.get_by_label("Subjective").fill("Before")
    expect_saved(page)
    Session.objects.all().delete()
    page.get_by_label("Plan").fill(TYPED)
    expect(page.get_by_text("Not saved: you are signed out. Kept on this device; still trying.")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("link", name="Sign in again").click()
    give_password(page, site.therapist_user.email)

    expect(page.get_by_label("Plan")).to_have_value(TYPED)
    expect(page.get_by_label("Subjective")).to_have_value("Before")
    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()) == NoteContent("Before", plan=TYPED)


def test_words_that_are_nowhere_else_stay_open_while_one_signs_in_again(
    page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    site.sign_in(context, with_password(site.therapist_user))
    page.goto(address(site, client, "?note=new"))
    expect(page.get_by_label("Plan")).to_be_visible()
    Session.objects.all().delete()
    page.get_by_label("Plan").fill(TYPED)
    expect(page.get_by_text("Still trying. Please keep this page open.")).to_be_visible()

    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    give_password(opened.value, site.therapist_user.email)
    opened.value.wait_for_url(f"{site.url}/staff/")
    page.evaluate("dispatchEvent(new Event('focus'))")

    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()).plan == TYPED


def test_signed_in_again_in_another_tab_writing_goes_on(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    expect(page.get_by_label("Plan")).to_be_visible()
    Session.objects.all().delete()
    page.get_by_label("Plan").fill(TYPED)
    expect(page.get_by_text("you are signed out")).to_be_visible()

    site.sign_in(context, site.therapist_user)

    expect_saved(page)
    assert words_of(TreatmentNote.objects.get()).plan == TYPED


def test_a_page_left_open_writes_nothing_for_whoever_signs_in_next(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    page.get_by_label("Subjective").fill("Tom's words")
    expect_saved(page)

    site.sign_in(context, site.owner)  # by way of the owner's site, say
    with page.expect_navigation():
        page.get_by_label("Plan").fill(TYPED)

    expect(page.get_by_text("Draft by Tom")).to_be_visible()
    note = TreatmentNote.objects.get()
    assert (note.author, words_of(note)) == (site.therapist_user, NoteContent("Tom's words"))


def test_a_page_left_open_goes_without_a_question_once_somebody_else_is_signed_in(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    """Whoever is asked would be the wrong one: their no would keep the words in sight."""
    page = therapist_page
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(address(site, client, "?note=new"))
    page.get_by_label("Plan").click()
    site.sign_in(context, site.owner)
    with page.expect_navigation():
        page.keyboard.type(TYPED)

    expect(page.get_by_label("Plan")).to_have_value("")
    assert asked == []
    assert not TreatmentNote.objects.exists()


def test_a_tab_turned_to_again_shows_nothing_of_somebody_elses(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.goto(address(site, client))
    expect(page.get_by_role("heading", name="Robin Example")).to_be_visible()
    site.sign_in(context, site.receptionist)

    with page.expect_navigation():
        page.evaluate(TURN_TO_THE_PAGE)

    expect(page.get_by_role("link", name="Consents and contact")).to_be_visible()
    expect(page.get_by_role("link", name="Measurements")).to_have_count(0)


def test_signing_out_of_the_owners_site_drops_what_is_kept(
    page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    site.sign_in(context, site.owner)
    page.goto(address(site, client, "?note=new"))
    type_without_connection(page, context)
    page.route("**/api/v1/notes/**", lambda route: route.abort())
    context.set_offline(False)
    assert "note/" in page.evaluate(READ_STORES)
    token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken")

    page.evaluate("token => fetch('/admin/logout/', {method: 'POST', headers: {'X-CSRFToken': token}})", token)

    page.goto(f"{site.url}/sign-in/")
    assert page.evaluate("async () => (await indexedDB.databases()).length") == 0


def test_without_sealing_the_page_warns_before_it_goes(
    therapist_page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    page = therapist_page
    page.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    page.goto(address(site, client, "?note=new"))
    page.get_by_label("Subjective").fill("Before")
    expect_saved(page)
    context.set_offline(True)
    page.get_by_label("Plan").fill(TYPED)
    expect(page.get_by_text("Still trying. Please keep this page open.")).to_be_visible()
    assert TYPED not in page.evaluate(READ_STORES)

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Diary").click()
    assert len(asked) == 1
    expect(page.get_by_label("Plan")).to_have_value(TYPED)
    context.set_offline(False)
    expect_saved(page)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("Combine both", "Written elsewhere\n\nTyped here"),
        ("Keep what is here", "Typed here"),
        ("Keep what was saved elsewhere", "Written elsewhere"),
    ],
)
def test_a_note_changed_elsewhere_shows_both_and_loses_neither(
    therapist_page: Page, site: Site, client: Client, choice: str, expected: str
) -> None:
    page = therapist_page
    note = draft(client, site.therapist_user)
    page.goto(address(site, client, f"?note={note.pk}"))
    expect(page.get_by_label("Subjective")).to_have_value(WHOLE.subjective)
    rewrite_draft(note.pk, author=note.author, content=NoteContent("Written elsewhere"), version=1)
    page.get_by_label("Subjective").fill("Typed here")
    expect(page.get_by_text("This note was changed elsewhere")).to_be_visible()
    expect(page.get_by_text("Typed here")).to_be_visible()
    expect(page.get_by_text("Written elsewhere")).to_be_visible()
    assert_accessible(page)
    assert words_of(note).subjective == "Written elsewhere"

    page.get_by_role("button", name=choice).click()
    expect(page.get_by_label("Subjective")).to_have_value(expected)
    expect_saved(page)
    assert words_of(note).subjective == expected


def test_a_note_is_signed_once_it_is_whole_and_then_only_added_to(
    therapist_page: Page, site: Site, client: Client
) -> None:
    page = therapist_page
    note = draft(client, site.therapist_user, NoteContent(*(WHOLE.subjective, WHOLE.objective, WHOLE.assessment)))
    page.goto(address(site, client, f"?note={note.pk}"))
    page.get_by_role("button", name="Sign…").click()
    expect(page.get_by_label("Plan")).to_be_focused()
    expect(page.get_by_text("This part is needed before the note is signed.")).to_be_visible()
    page.get_by_label("Plan").fill("Calf raises")
    page.get_by_role("button", name="Sign…").click()
    expect(page.get_by_text("Signing can’t be undone.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Sign the note").click()

    expect(page.get_by_text(re.compile("Signed by Tom"))).to_be_visible()
    expect(page.get_by_label("Plan")).to_have_count(0)
    note.refresh_from_db()
    assert note.state == TreatmentNote.State.SIGNED
    assert words_of(note) == WHOLE

    page.get_by_label("New addendum").fill("Rang: all well")
    page.get_by_role("button", name="Add to the note").click()
    expect(page.get_by_role("article").get_by_text("Rang: all well")).to_be_visible()
    assert_accessible(page)
    assert [each.text for each in read_note(note.pk, reader=note.author).addenda] == ["Rang: all well"]


def test_a_note_begun_and_signed_in_one_go_is_shown_signed(therapist_page: Page, site: Site, client: Client) -> None:
    page = therapist_page
    page.goto(address(site, client, "?note=new"))
    parts = {"Subjective": WHOLE.subjective, "Objective": WHOLE.objective, "Assessment": WHOLE.assessment}
    for label, words in {**parts, "Plan": WHOLE.plan}.items():
        page.get_by_label(label).fill(words)
    expect_saved(page)
    page.get_by_role("button", name="Sign…").click()
    page.get_by_role("button", name="Sign the note").click()

    expect(page.get_by_text(re.compile("Signed by Tom"))).to_be_visible()
    expect(page.get_by_role("article").get_by_text(WHOLE.plan)).to_be_visible()
    expect(page.get_by_label("Plan")).to_have_count(0)
    assert words_of(TreatmentNote.objects.get()) == WHOLE


def test_a_note_signed_elsewhere_keeps_what_was_typed_for_an_addendum(
    therapist_page: Page, site: Site, client: Client
) -> None:
    page = therapist_page
    note = draft(client, site.therapist_user)
    page.goto(address(site, client, f"?note={note.pk}"))
    expect(page.get_by_label("Plan")).to_have_value(WHOLE.plan)
    sign_note(note.pk, author=note.author, version=1, now=timezone.now())
    page.get_by_label("Plan").fill("Typed here")
    expect(page.get_by_text("This note was signed elsewhere")).to_be_visible()
    expect(page.get_by_label("New addendum")).to_have_value("Plan: Typed here")
    page.get_by_role("button", name="Add to the note").click()

    expect(page.get_by_role("article").get_by_text("Plan: Typed here")).to_be_visible()
    assert words_of(note) == WHOLE


def test_somebody_elses_draft_is_read_and_not_changed(
    page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    note = draft(client, site.therapist_user)
    site.sign_in(context, site.owner)
    page.goto(address(site, client, f"?note={note.pk}"))

    expect(page.get_by_text("Draft by Tom")).to_be_visible()
    expect(page.get_by_text(WHOLE.subjective)).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    assert_accessible(page)


def test_the_note_before_stands_beside_on_wide_screens(therapist_page: Page, site: Site, client: Client) -> None:
    page = therapist_page
    signed(client, site.therapist_user, NoteContent("The time before", "b", "c", "d"))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address(site, client, "?note=new"))

    expect(page.get_by_role("complementary").get_by_text("The time before")).to_be_visible()
    assert_accessible(page)
    page.set_viewport_size({"width": 375, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_another_therapists_client_is_not_found(therapist_page: Page, site: Site) -> None:
    other = make_user(email="other@clinic.example", name="Other")
    hidden = make_client(care_team=(other,), first_name="Hidden", last_name="Person")
    note = signed(hidden, other)
    answers: list[int] = []

    def listen(answer: Response) -> None:
        if f"/clients/{hidden.pk}/" in answer.url:
            answers.append(answer.status)

    therapist_page.on("response", listen)
    for query in ("", f"?note={note.pk}"):
        therapist_page.goto(address(site, hidden, query))
        expect(therapist_page.get_by_role("alert")).to_be_visible()
        expect(therapist_page.get_by_text("Hidden Person")).to_have_count(0)

    assert set(answers) <= {200, 404}  # 200: the page's own frame, alike for every number
    assert 404 in answers


def with_clinical_words(client: Client, author: User) -> TreatmentNote:
    """A client with a canary in everything clinical."""
    note = signed(client, author, NoteContent(WORDS, WORDS, WORDS, WORDS))
    now, today = timezone.now(), timezone.localdate()
    add_addendum(note.pk, author=author, text=ADDED, now=now)
    store_screening(answers={"safety": [ANSWER]}, level="review", source="booking", client=client, now=now)
    for kind in Kind:
        record_entry(client, kind=kind, content=CONTENTS[kind], author=author, today=today, now=now)
    return note


def seen_by(page: Page, site: Site, client: Client, note: TreatmentNote) -> str:
    """Everything that the pages and all answers of the API hold, over all screens of the staff."""
    seen: list[str] = []

    def listen(route: Route) -> None:
        answer = route.fetch()
        seen.append(answer.text())
        route.fulfill(response=answer)

    page.route(lambda url: urlsplit(url).path.startswith("/api/"), listen)
    own = [address(site, client, f"?section={section}") for section in SECTIONS]
    notes = [address(site, client, query) for query in (f"?note={note.pk}", "?note=new", "?section=notes&write")]
    for at in [*(site.url + path for path in SIGNED_IN_SCREENS), *own, *notes]:
        page.goto(at)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wait_until_quiet(page)
        for button in page.get_by_role("button", name=re.compile("^Open the answers")).all():
            button.click()
            wait_until_quiet(page)
        seen.append(page.content())
        seen.extend(page.get_by_role("textbox").evaluate_all("fields => fields.map((field) => field.value)"))
    page.unroute_all(behavior="wait")
    return "\n".join(seen)


CANARIES: Final = (WORDS, ADDED, ANSWER, CANARY)


def test_the_front_desk_sees_no_clinical_word_anywhere(
    page: Page, context: BrowserContext, site: Site, client: Client
) -> None:
    note = with_clinical_words(client, site.therapist_user)
    site.sign_in(context, site.receptionist)
    seen = seen_by(page, site, client, note)

    assert "Robin Example" in seen
    assert [canary for canary in CANARIES if canary in seen] == []
    page.goto(address(site, client))
    expect(page.get_by_role("link", name="Consents and contact")).to_be_visible()
    for name in ("Notes", "Measurements", "Intake and safety", "Body charts", "Home care", "Write a note"):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_whoever_may_read_sees_them_all(therapist_page: Page, site: Site, client: Client) -> None:
    """The control: the same walk finds every one of the words where they may be read."""
    note = with_clinical_words(client, site.therapist_user)
    seen = seen_by(therapist_page, site, client, note)

    assert [canary for canary in CANARIES if canary not in seen] == []


def test_when_signing_fails_the_reason_is_what_one_comes_to(therapist_page: Page, site: Site, client: Client) -> None:
    page = therapist_page
    note = draft(client, site.therapist_user)
    page.goto(address(site, client, f"?note={note.pk}"))
    page.route("**/sign/", lambda route: route.fulfill(status=409, json={"code": "busy", "detail": "Try again later."}))
    page.get_by_role("button", name="Sign").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign").click()

    expect(page.get_by_role("alert").filter(has_text="Try again later.")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
