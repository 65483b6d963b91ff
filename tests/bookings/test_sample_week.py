from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from bookings.models import Appointment, Therapist, WaitlistEntry
from bookings.seed.loader import seed_clinic
from bookings.seed.week import make_sample_week
from clients.models import Client, TreatmentNote
from clinic.accounts.roles import Role
from tests.factories import make_client, make_user
from treatments.seed.loader import seed_catalogue

pytestmark = pytest.mark.django_db
THURSDAY_NOON = datetime(2027, 1, 7, 12, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2027, 1, 10, 23, tzinfo=UTC)


@pytest.fixture
def installed() -> None:
    seed_catalogue()
    make_user(Role.THERAPIST, name="Tom")
    seed_clinic(now=THURSDAY_NOON)


@pytest.mark.usefixtures("installed")
def test_sample_week_has_every_state_by_thursday_noon() -> None:
    made = make_sample_week(now=THURSDAY_NOON, with_colleague=True)

    assert made == Appointment.objects.count() == 62
    assert {*Appointment.objects.values_list("status", flat=True)} == {"booked", "fulfilled", "noshow", "cancelled"}
    assert Therapist.objects.count() == 2
    assert WaitlistEntry.objects.count() == 2
    assert TreatmentNote.objects.filter(state="signed").count() == 3


@pytest.mark.usefixtures("installed")
def test_there_is_work_ahead_on_the_last_day_of_the_week() -> None:
    make_sample_week(now=SUNDAY_NIGHT, with_colleague=False)

    ahead = Appointment.objects.filter(starts_at__gt=SUNDAY_NIGHT)
    assert {*ahead.values_list("status", flat=True)} == {"booked", "cancelled"}
    assert ahead.filter(status="booked").count() > 10
    assert not Appointment.objects.filter(starts_at__lt=SUNDAY_NIGHT, status="booked").exists()


@pytest.mark.usefixtures("installed")
def test_sample_week_alone_adds_no_therapist() -> None:
    call_command("sample_week")

    assert Therapist.objects.count() == 1


@pytest.mark.usefixtures("installed")
def test_sample_week_keeps_out_of_a_clinic_with_clients() -> None:
    make_client()

    with pytest.raises(CommandError, match="clients here already"):
        call_command("sample_week")

    assert Client.objects.count() == 1
    assert Appointment.objects.count() == 0
