from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from clinic.accounts import services
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.practice.models import Practice
from clinic.practice.selectors import embed_origins
from tests.accounts.conftest import PASSWORD, Browser, make_staff, sent_mail

LOGIN = "/admin/login/"


def give_form(client: Client, email: str, password: str = PASSWORD, address: str = LOGIN, **extra: Any) -> Any:
    client.get(address)
    token = client.cookies["csrftoken"].value
    return client.post(address, {"username": email, "password": password, "csrfmiddlewaretoken": token}, **extra)


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def owners(owner: User) -> Client:
    """A client signed in as the owner."""
    signed_in = Client()
    signed_in.force_login(owner)
    return signed_in


# --- Who gets in ---------------------------------------------------------------------------------


def test_owner_signs_in_by_form_and_comes_where_they_wanted(client: Client, owner: User) -> None:
    answer = give_form(client, owner.email, address=f"{LOGIN}?next=/admin/accounts/user/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/accounts/user/")
    assert client.get("/admin/accounts/user/").status_code == 200


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.RECEPTIONIST, Role.CLIENT])
def test_others_are_answered_like_somebody_who_mistyped(client: Client, role: str) -> None:
    user = make_staff(role)

    other = give_form(client, user.email)
    mistyped = give_form(Client(enforce_csrf_checks=True), user.email, "not it, and long enough")

    words = "Please enter the correct email and password for a staff account"
    assert other.status_code == mistyped.status_code == 200
    assert words in other.content.decode()
    assert words in mistyped.content.decode()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.RECEPTIONIST, Role.CLIENT])
def test_others_who_are_signed_in_elsewhere_are_turned_away(role: str) -> None:
    client = Client()
    client.force_login(make_staff(role))

    assert client.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/accounts/user/").status_code == 302


def test_closed_owner_is_out_at_once(owners: Client, owner: User) -> None:
    second = make_staff(Role.OWNER)
    assert owners.get("/admin/").status_code == 200

    services.deactivate(owner, actor=second)

    assert owners.get("/admin/").status_code == 302


def test_owner_signed_in_on_the_site_is_let_in(owner: User) -> None:
    browser = Browser()
    browser.sign_in(owner.email)

    assert browser.get("/admin/").status_code == 200


def test_form_without_csrf_token_is_refused(client: Client, owner: User) -> None:
    assert client.post(LOGIN, {"username": owner.email, "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_form_leads_to_no_other_site(client: Client, owner: User, target: str) -> None:
    answer = give_form(client, owner.email, address=f"{LOGIN}?next={target}")

    assert answer.headers["Location"] == "/admin/"


def test_session_key_changes_on_sign_in(owner: User) -> None:
    browser = Browser()
    browser.ask_for_code("nobody@example.org")
    planted = browser.session_key

    give_form(browser.client, owner.email)

    assert planted
    assert browser.session_key != planted


def test_form_counts_attempts_where_all_sign_ins_do(owner: User) -> None:
    for number in range(5):
        give_form(Client(enforce_csrf_checks=True), owner.email, "not it, long", REMOTE_ADDR=f"198.51.100.{number}")

    by_form = give_form(Client(enforce_csrf_checks=True), owner.email, REMOTE_ADDR="203.0.113.1")
    elsewhere = Browser(address="203.0.113.2").sign_in(owner.email)

    assert "Too many failed login attempts" in by_form.content.decode()
    assert elsewhere.json()["errors"][0]["code"] == "too_many_login_attempts"


def test_account_with_a_second_factor_is_sent_on_and_not_yet_in(client: Client, owner: User) -> None:
    secret = get_adapter().encrypt("A" * 32)
    Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={"secret": secret})

    answer = give_form(client, owner.email)

    assert answer.headers["Location"] == "/sign-in/?next=%2Fadmin%2F"
    assert client.get("/admin/").status_code == 302
    flows = client.get("/_allauth/browser/v1/auth/session").json()["data"]["flows"]
    assert {"id": "mfa_authenticate", "is_pending": True, "types": ["totp"]} in flows


# --- Staff accounts ------------------------------------------------------------------------------


def change(client: Client, user: User, **fields: str) -> Any:
    form = {"name": user.name, "role": user.role} | ({"is_active": "on"} if user.is_active else {}) | fields
    return client.post(
        f"/admin/accounts/user/{user.pk}/change/", {name: value for name, value in form.items() if value}, follow=True
    )


def act(client: Client, action: str, *users: User) -> Any:
    chosen = {"action": action, "_selected_action": [user.pk for user in users]}
    return client.post("/admin/accounts/user/", chosen, follow=True)


def test_invitation_makes_an_account_sends_the_link_and_shows_it_once(
    owners: Client, django_capture_on_commit_callbacks: Any
) -> None:
    form = {"email": "New@Clinic.Example", "name": "New", "role": "therapist"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = owners.post("/admin/accounts/user/add/", form, follow=True)

    user = User.objects.get(email="new@clinic.example")
    shown = re.findall(r"http://localhost:8000/set-password/#[\w-]+", answer.content.decode())
    assert (user.role, user.name, user.has_usable_password()) == ("therapist", "New", False)
    assert len(shown) == 1
    assert shown[0] in sent_mail()[0].body
    assert shown[0] not in owners.get("/admin/accounts/user/").content.decode()


def test_invited_person_sets_a_password_by_the_link_and_signs_in(owner: User) -> None:
    user, link = services.invite_staff("new@clinic.example", role=Role.THERAPIST, name="New", actor=owner)
    browser = Browser()

    key = link.partition("#")[2]
    browser.post("/_allauth/browser/v1/auth/password/reset", {"key": key, "password": "another long phrase"})

    assert browser.sign_in(user.email, "another long phrase").status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": "nobody", "name": "", "role": "therapist"}, "email"),
        ({"email": "new@clinic.example", "name": "", "role": "client"}, "role"),
        ({"email": "new@clinic.example", "name": "n" * 151, "role": "therapist"}, "name"),
    ],
)
def test_invitation_with_wrong_input_shows_it_beside_the_field(
    owners: Client, form: dict[str, str], field: str
) -> None:
    answer = owners.post("/admin/accounts/user/add/", form)

    assert list(answer.context["adminform"].form.errors) == [field]
    assert User.objects.count() == 1


def test_invitation_to_a_client_s_address_is_refused(owners: Client, client_user: User) -> None:
    form = {"email": client_user.email.upper(), "name": "", "role": "therapist"}

    answer = owners.post("/admin/accounts/user/add/", form)

    assert list(answer.context["adminform"].form.errors) == ["email"]


def test_role_and_name_are_changed_by_the_services(owners: Client, therapist: User) -> None:
    change(owners, therapist, role="receptionist", name="Renamed")

    therapist.refresh_from_db()
    assert (therapist.role, therapist.name) == ("receptionist", "Renamed")


def test_last_owner_is_told_and_nothing_changes(owners: Client, owner: User) -> None:
    answer = change(owners, owner, role="therapist", name="Renamed")

    owner.refresh_from_db()
    assert "This is the last owner" in answer.content.decode()
    assert (owner.role, owner.name) == ("owner", owner.name)
    assert owner.name != "Renamed"


def test_closing_an_account_ends_its_sessions(owners: Client, therapist: User) -> None:
    browser = Browser()
    browser.sign_in(therapist.email)

    act(owners, "close_accounts", therapist)

    assert browser.who()["is_authenticated"] is False


def test_password_link_is_renewed_for_staff(
    owners: Client, therapist: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = act(owners, "send_password_links", therapist)

    therapist.refresh_from_db()
    assert "is not shown again" in answer.content.decode()
    assert therapist.has_usable_password() is False
    assert [message.to for message in sent_mail()] == [[therapist.email]]


def test_passwords_are_not_shown_and_accounts_not_deleted(owners: Client, therapist: User) -> None:
    page = owners.get(f"/admin/accounts/user/{therapist.pk}/change/").content.decode()

    assert therapist.password not in page
    assert 'name="password"' not in page
    assert owners.get(f"/admin/accounts/user/{therapist.pk}/delete/").status_code == 403


def test_accounts_of_clients_are_not_among_those_of_staff(owners: Client, client_user: User) -> None:
    assert client_user.email not in owners.get("/admin/accounts/user/").content.decode()
    assert owners.get(f"/admin/accounts/user/{client_user.pk}/change/").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_accounts_takes_as_many_queries_for_one_as_for_three(
    owners: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Practice.objects.create(pk=1, name="The clinic")
    for _ in range(count):
        make_staff(Role.THERAPIST)

    with django_assert_num_queries(8):
        owners.get("/admin/accounts/user/")


# --- The clinic's record -------------------------------------------------------------------------

FORM = {
    "name": "The clinic",
    "colour": "#336699",
    "time_zone": "Europe/London",
    "currency": "GBP",
    "phone": "01753 000 000",
    "email": "",
}


def test_clinic_s_record_is_one_page(owners: Client) -> None:
    answer = owners.get("/admin/practice/practice/")

    assert answer.headers["Location"] == "/admin/practice/practice/1/change/"
    assert owners.get("/admin/practice/practice/add/").status_code == 403
    assert owners.get("/admin/practice/practice/1/delete/").status_code == 403


def test_clinic_s_record_is_changed(owners: Client) -> None:
    owners.get("/admin/practice/practice/")

    owners.post("/admin/practice/practice/1/change/", FORM | {"phone": "020 7946 0958"})

    practice = Practice.objects.get()
    assert (practice.colour, str(practice.phone)) == ("#336699", "+442079460958")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("currency", "pounds"),
        ("colour", "red; } body { display: none"),
        ("name", ""),
        ("phone", "1"),
        ("embed_origins", "https://www.example.org\nwww.example.org/bookings"),
        ("embed_origins", "x" * 4001),
        ("logo", SimpleUploadedFile("logo.svg", b"<svg onload=alert(1)></svg>", content_type="image/svg+xml")),
        ("logo", SimpleUploadedFile("logo.png", b"no picture", content_type="image/png")),
    ],
)
def test_clinic_s_record_with_wrong_input_shows_it_beside_the_field(owners: Client, field: str, value: object) -> None:
    owners.get("/admin/practice/practice/")

    answer = owners.post("/admin/practice/practice/1/change/", FORM | {"phone": "020 7946 0958"} | {field: value})

    assert list(answer.context["adminform"].form.errors) == [field]


def test_sites_that_may_show_our_pages_are_kept_as_browsers_name_them(owners: Client) -> None:
    owners.get("/admin/practice/practice/")
    typed = "HTTPS://www.Example.org/\r\n\r\nhttp://localhost:3000\r\nhttps://www.example.org:443\r\n"

    owners.post("/admin/practice/practice/1/change/", FORM | {"phone": "020 7946 0958", "embed_origins": typed})

    assert Practice.objects.get().embed_origins == "https://www.example.org\nhttp://localhost:3000"
    assert embed_origins() == ["https://www.example.org", "http://localhost:3000"]


def test_site_that_cannot_be_named_is_told_by_its_line(owners: Client) -> None:
    owners.get("/admin/practice/practice/")
    sent = FORM | {"phone": "020 7946 0958", "embed_origins": "https://a.example\nhttp://b.example"}

    answer = owners.post("/admin/practice/practice/1/change/", sent)

    (told,) = answer.context["adminform"].form.errors["embed_origins"]
    assert told == "“http://b.example” must begin with https://. Only a site on your own computer may use http://."
    assert "https://a.example\nhttp://b.example" in answer.content.decode()


def test_logo_is_made_tidy_and_told_to_everybody(owners: Client) -> None:
    owners.get("/admin/practice/practice/")
    drawn = BytesIO()
    Image.new("RGBA", (3200, 800), (0, 0, 0, 0)).save(drawn, "PNG")
    logo = SimpleUploadedFile("../Our Logo.PNG", drawn.getvalue(), content_type="image/png")

    owners.post("/admin/practice/practice/1/change/", FORM | {"phone": "020 7946 0958", "logo": logo})

    practice = Practice.objects.get()
    with practice.logo.open() as file, Image.open(file) as picture:
        assert (picture.format, picture.size, picture.mode) == ("WEBP", (1600, 400), "RGBA")
    told = Client().get("/api/v1/clinic/").json()["logo"]
    assert (told, told.startswith("/media/practice/our-logo")) == (practice.logo.url, True)


# --- The menu ------------------------------------------------------------------------------------


def test_menu_leads_to_pages_that_are_there(owners: Client) -> None:
    groups = owners.get("/admin/").context["sidebar_navigation"]

    links = [str(item["link"]) for group in groups for item in group["items"]]
    assert {group["title"] for group in groups} >= {"Catalogue", "Guide", "Diary", "Messages", "Settings"}
    assert {owners.get(link, follow=True).status_code for link in links} == {200}


def test_menu_names_every_page_there_is(owners: Client) -> None:
    context = owners.get("/admin/").context
    listed = {item["link"] for group in context["sidebar_navigation"] for item in group["items"]}

    pages = {model["admin_url"] for app in context["available_apps"] for model in app["models"]}
    assert pages | {"/staff/"} == listed
