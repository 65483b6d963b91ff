"""The diary in the owner's site: pages open, services are called, refusals are shown beside the fields."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
import time_machine
from django.forms import CheckboxInput
from django.http import HttpResponse
from django.test import Client as Browser

from bookings.models import (
    Allocation,
    BookingRules,
    Location,
    OneOffHours,
    Resource,
    Room,
    Therapist,
    TimeOff,
    WaitlistEntry,
    WorkingHours,
)
from bookings.selectors.rules import load_rules
from clinic.accounts.models import User
from tests.bookings.clinic import NOW, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, day, hold_at, hours_of
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db

BOOKINGS = "/admin/bookings/"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic(therapists=2)


@pytest.fixture
def owner() -> User:
    return make_user("owner")


@pytest.fixture
def browser(owner: User) -> Browser:
    browser = Browser()
    browser.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def filled(page: Any) -> dict[str, Any]:
    """What a browser would send back of a form page as it stands."""
    sent: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(bound.field.widget, CheckboxInput):
                if value:
                    sent[bound.html_name] = "on"
            elif isinstance(value, list | tuple):
                sent[bound.html_name] = [getattr(item, "pk", item) for item in value]
            elif isinstance(value, time):
                sent[bound.html_name] = f"{value:%H:%M}"
            else:
                sent[bound.html_name] = "" if value is None else value
    return sent


def errors_on(page: HttpResponse) -> str:
    assert page.status_code == 200
    return page.content.decode()


def therapist_page(clinic: Clinic) -> str:
    return f"{BOOKINGS}therapist/{clinic.therapist.pk}/change/"


def row_of(sent: dict[str, Any], row: WorkingHours) -> str:
    return next(name.removesuffix("-id") for name, value in sent.items() if name.endswith("-id") and value == row.pk)


@pytest.mark.parametrize(
    "model", ["appointment", "bookingrules", "location", "room", "therapist", "timeoff", "waitlistentry"]
)
def test_admin_list_opens_for_the_owner_alone(clinic: Clinic, browser: Browser, model: str) -> None:
    book_at(clinic, at(10))
    others = Browser()
    others.force_login(clinic.therapist_user, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.get(f"{BOOKINGS}{model}/").status_code == 200
    assert others.get(f"{BOOKINGS}{model}/").status_code == 302


@pytest.mark.parametrize("model", ["bookingrules", "location", "room", "therapist", "timeoff"])
def test_admin_page_for_a_new_one_opens(clinic: Clinic, browser: Browser, model: str) -> None:
    assert browser.get(f"{BOOKINGS}{model}/add/").status_code == 200


def test_admin_new_room_and_therapist_get_their_resources(clinic: Clinic, browser: Browser) -> None:
    room = {"name": "Attic", "location": clinic.location.pk, "is_active": "on"}
    person = {"name": "Ann", "slug": "ann", "is_bookable": "on", "position": 3}

    assert browser.post(f"{BOOKINGS}room/add/", room).status_code == 302
    assert browser.post(f"{BOOKINGS}therapist/add/", person).status_code == 302

    assert Room.objects.get(name="Attic").resource.kind == Resource.Kind.ROOM
    assert Therapist.objects.get(slug="ann").resource.kind == Resource.Kind.THERAPIST


def test_admin_therapist_signs_in_as_clinical_staff_only(clinic: Clinic, browser: Browser, owner: User) -> None:
    for role in ("client", "receptionist"):
        make_user(role)

    page: Any = browser.get(therapist_page(clinic))

    offered = set(page.context["adminform"].form.fields["user"].queryset)
    assert offered == {owner, *(therapist.user for therapist in clinic.therapists)}


def test_admin_room_refused_leaves_no_resource_behind(clinic: Clinic, browser: Browser) -> None:
    before = Resource.objects.count()

    browser.post(f"{BOOKINGS}room/add/", {"name": "Room 1", "location": clinic.location.pk})

    assert (Resource.objects.count(), Room.objects.count()) == (before, 1)


@pytest.mark.parametrize("model", ["location", "room", "therapist", "appointment", "timeoff", "waitlistentry"])
def test_admin_deletes_nothing_that_the_past_needs(clinic: Clinic, browser: Browser, model: str) -> None:
    booking = book_at(clinic, at(10))
    off = TimeOff.objects.create(resource=clinic.rooms[0].resource, starts_at=at(14), ends_at=at(15))
    entry = WaitlistEntry.objects.create(
        client=booking.client, treatment=clinic.treatment, minutes=60, from_on=day(1, 5), until_on=day(1, 6)
    )
    pk = {
        "location": clinic.location,
        "room": clinic.rooms[0],
        "therapist": clinic.therapist,
        "appointment": booking,
        "timeoff": off,
        "waitlistentry": entry,
    }[model].pk

    assert browser.post(f"{BOOKINGS}{model}/{pk}/delete/", {"post": "yes"}).status_code == 403


def test_admin_saves_a_therapist_with_new_hours_of_both_kinds(clinic: Clinic, browser: Browser) -> None:
    sent = filled(browser.get(therapist_page(clinic)))
    sent |= {
        "name": "Tom",
        "working_hours-TOTAL_FORMS": 8,
        "working_hours-7-weekday": 0,
        "working_hours-7-starts": "18:00",
        "working_hours-7-ends": "20:00",
        "working_hours-7-location": clinic.location.pk,
        "one_off_hours-TOTAL_FORMS": 1,
        "one_off_hours-0-on": "2027-03-26",
        "one_off_hours-0-starts": "10:00",
        "one_off_hours-0-ends": "12:00",
        "one_off_hours-0-location": clinic.location.pk,
    }

    answer = browser.post(therapist_page(clinic), sent)

    assert answer.status_code == 302
    assert hours_of(clinic, 0) == [("09:00", "17:00"), ("18:00", "20:00")]
    assert OneOffHours.objects.get().therapist == clinic.therapist
    clinic.therapist.refresh_from_db()
    assert (clinic.therapist.name, clinic.therapist.rooms.count()) == ("Tom", 1)


def test_admin_hours_that_overlap_are_refused_at_their_row_and_field(clinic: Clinic, browser: Browser) -> None:
    sent = filled(browser.get(therapist_page(clinic)))
    sent |= {
        "name": "Tom",
        "working_hours-TOTAL_FORMS": 8,
        "working_hours-7-weekday": 0,
        "working_hours-7-starts": "16:00",
        "working_hours-7-ends": "20:00",
        "working_hours-7-location": clinic.location.pk,
    }

    page: Any = browser.post(therapist_page(clinic), sent)

    errors = page.context["inline_admin_formsets"][0].formset.errors
    assert list(errors[7]) == ["starts"]
    assert "overlap" in errors[7]["starts"][0]
    assert hours_of(clinic, 0) == [("09:00", "17:00")]
    clinic.therapist.refresh_from_db()
    assert clinic.therapist.name == "Therapist 1"


def test_admin_hours_that_end_before_they_start_are_refused_in_words(clinic: Clinic, browser: Browser) -> None:
    sent = filled(browser.get(therapist_page(clinic)))
    row = WorkingHours.objects.get(therapist=clinic.therapist, weekday=0)
    sent[f"{row_of(sent, row)}-ends"] = "08:00"

    page: Any = browser.post(therapist_page(clinic), sent)

    assert "The end must be later than the start." in errors_on(page)
    assert hours_of(clinic, 0) == [("09:00", "17:00")]


def test_admin_hours_that_bookings_need_are_refused_with_the_list_until_accepted(
    clinic: Clinic, browser: Browser
) -> None:
    booking = book_at(clinic, at(16))
    sent = filled(browser.get(therapist_page(clinic)))
    row = WorkingHours.objects.get(therapist=clinic.therapist, weekday=2)
    sent[f"{row_of(sent, row)}-DELETE"] = "on"

    page: Any = browser.post(therapist_page(clinic), sent)
    assert f"{booking.reference}: Wed 06 Jan 2027 16:00" in errors_on(page)
    assert hours_of(clinic, 2) == [("09:00", "17:00")]

    assert browser.post(therapist_page(clinic), {**sent, "accept_stranded": "on"}).status_code == 302
    assert hours_of(clinic, 2) == []


def time_off_form(resource: Resource, starts: str, ends: str, date: str = "2027-01-06", **more: Any) -> dict[str, Any]:
    return {
        "resource": resource.pk,
        "starts_at_0": date,
        "starts_at_1": starts,
        "ends_at_0": date,
        "ends_at_1": ends,
        "reason": "Training",
        **more,
    }


def test_admin_time_off_is_by_the_clinics_clock(clinic: Clinic, browser: Browser, owner: User) -> None:
    form = time_off_form(clinic.therapist.resource, "10:00", "12:00", "2027-07-06")

    assert browser.post(f"{BOOKINGS}timeoff/add/", form).status_code == 302

    row = TimeOff.objects.get()
    assert (row.starts_at, row.ends_at, row.created_by) == (at(10, on=day(7, 6)), at(12, on=day(7, 6)), owner)
    assert Allocation.objects.filter(time_off=row, is_active=True).count() == 1
    page: Any = browser.get(f"{BOOKINGS}timeoff/{row.pk}/change/")
    assert 'value="10:00:00"' in page.content.decode()


def test_admin_time_off_over_bookings_is_refused_with_the_list(clinic: Clinic, browser: Browser) -> None:
    booking = book_at(clinic, at(11))

    page: Any = browser.post(f"{BOOKINGS}timeoff/add/", time_off_form(clinic.therapist.resource, "10:00", "12:00"))

    assert booking.reference in errors_on(page)
    assert not TimeOff.objects.exists()


def test_admin_time_off_over_a_hold_is_refused_then_ends_it(clinic: Clinic, browser: Browser) -> None:
    hold_at(clinic, at(10))
    form = time_off_form(clinic.therapist.resource, "10:00", "12:00")

    page: Any = browser.post(f"{BOOKINGS}timeoff/add/", form)
    assert "just booking" in errors_on(page)
    assert not TimeOff.objects.exists()

    assert browser.post(f"{BOOKINGS}timeoff/add/", {**form, "end_holds": "on"}).status_code == 302
    assert TimeOff.objects.count() == 1


def test_admin_time_off_at_odd_times_is_refused_at_the_field(clinic: Clinic, browser: Browser) -> None:
    page: Any = browser.post(f"{BOOKINGS}timeoff/add/", time_off_form(clinic.therapist.resource, "12:00", "10:00"))

    assert page.context["adminform"].form.errors == {"ends_at": ["The end must be later than the start."]}
    assert not TimeOff.objects.exists()


def test_admin_time_off_is_changed_and_given_back(clinic: Clinic, browser: Browser) -> None:
    browser.post(f"{BOOKINGS}timeoff/add/", time_off_form(clinic.therapist.resource, "10:00", "12:00"))
    row = TimeOff.objects.get()

    form = time_off_form(clinic.therapist.resource, "10:00", "13:00")
    assert browser.post(f"{BOOKINGS}timeoff/{row.pk}/change/", form).status_code == 302
    assert Allocation.objects.get(is_active=True).ends_at == at(13)

    browser.post(f"{BOOKINGS}timeoff/", {"action": "give_back", "_selected_action": [row.pk]})
    row.refresh_from_db()
    assert row.is_cancelled
    assert not Allocation.objects.filter(is_active=True).exists()


def test_admin_appointment_shows_its_history_and_takes_no_change(clinic: Clinic, browser: Browser) -> None:
    booking = book_at(clinic, at(11))
    url = f"{BOOKINGS}appointment/{booking.pk}/change/"

    text = browser.get(url).content.decode()

    assert booking.reference in text
    assert booking.events.get().actor_label in text
    assert booking.manage_nonce not in text
    assert browser.post(url, {"status": "cancelled"}).status_code == 403
    booking.refresh_from_db()
    assert booking.status == "booked"


def test_admin_rules_of_the_clinic_are_changed(browser: Browser) -> None:
    load_rules()
    url = f"{BOOKINGS}bookingrules/{BookingRules.objects.get().pk}/change/"
    sent = filled(browser.get(url))

    answer = browser.post(url, {**sent, "horizon_days": 90, "reminder_hours_before": "48, 2"})

    assert answer.status_code == 302
    rules = load_rules().clinic
    assert (rules.horizon_days, rules.reminder_hours_before, rules.grid_minutes) == (90, (48, 2), 15)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("horizon_days", ""),
        ("horizon_days", "0"),
        ("quiet_hours_end", ""),
        ("is_closed_on_bank_holidays", ""),
        ("reminder_hours_before", ""),
        ("reminder_hours_before", "soon"),
        ("reminder_hours_before", "24, 24"),
        ("late_cancellation_fee_percent", "101"),
    ],
)
def test_admin_rules_of_the_clinic_with_a_gap_are_refused_at_the_field(
    browser: Browser, field: str, value: str
) -> None:
    load_rules()
    before = load_rules().clinic
    url = f"{BOOKINGS}bookingrules/{BookingRules.objects.get().pk}/change/"
    sent = filled(browser.get(url))

    page: Any = browser.post(url, {**sent, field: value})

    assert list(page.context["adminform"].form.errors) == [field]
    assert load_rules().clinic == before


def test_admin_rules_of_the_clinic_are_not_deleted(browser: Browser) -> None:
    load_rules()
    row = BookingRules.objects.get()

    assert browser.post(f"{BOOKINGS}bookingrules/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert BookingRules.objects.exists()


def test_admin_rules_of_a_therapist_begin_as_the_clinics_and_differ_where_filled(
    clinic: Clinic, browser: Browser
) -> None:
    clinic.set_rules(horizon_days=90)
    sent = filled(browser.get(f"{BOOKINGS}bookingrules/add/"))
    assert {value for name, value in sent.items() if name != "therapist"} <= {""}

    answer = browser.post(
        f"{BOOKINGS}bookingrules/add/",
        {**sent, "therapist": clinic.therapist.pk, "grid_minutes": 30, "reminder_hours_before": "none"},
    )

    assert answer.status_code == 302
    book = load_rules()
    own = book.of(clinic.therapist.pk)
    assert (own.grid_minutes, own.reminder_hours_before, own.horizon_days) == (30, (), 90)
    assert own.is_closed_on_bank_holidays is True
    assert book.of(clinic.therapists[1].pk) == book.clinic


def test_admin_second_rules_of_the_clinic_are_refused(clinic: Clinic, browser: Browser) -> None:
    page: Any = browser.post(f"{BOOKINGS}bookingrules/add/", filled(browser.get(f"{BOOKINGS}bookingrules/add/")))

    assert list(page.context["adminform"].form.errors) == ["therapist"]
    assert BookingRules.objects.count() == 1


def test_admin_waitlist_entry_is_withdrawn_through_the_service(clinic: Clinic, browser: Browser) -> None:
    waiting, booked = (
        WaitlistEntry.objects.create(
            client=make_client(),
            treatment=clinic.treatment,
            minutes=60,
            from_on=day(1, 5),
            until_on=day(1, 31),
            state=state,
        )
        for state in ("waiting", "booked")
    )

    page: Any = browser.post(
        f"{BOOKINGS}waitlistentry/",
        {"action": "withdraw", "_selected_action": [waiting.pk, booked.pk]},
        follow=True,
    )

    assert "not waiting any more" in errors_on(page)
    assert [entry.state for entry in WaitlistEntry.objects.order_by("pk")] == ["withdrawn", "booked"]


def test_admin_location_is_put_out_of_use(clinic: Clinic, browser: Browser) -> None:
    url = f"{BOOKINGS}location/{clinic.location.pk}/change/"

    assert browser.post(url, {"name": "The gym", "address": "1 High Street"}).status_code == 302

    assert Location.objects.get().is_active is False
