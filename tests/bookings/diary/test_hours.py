"""Changing hours: what overlaps, what strands bookings, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bookings.models import BookingRules, Location, OneOffHours, WorkingHours
from bookings.selectors.rules import load_rules
from bookings.selectors.shifts import load_shifts
from bookings.services.hours import OverlappingHours, change_hours, edit_hours
from bookings.services.stranded import StrandsBookings
from clinic.errors import InvalidInput, NotFound
from tests.bookings.clinic import NOW, WEDNESDAY, Clinic, at, make_clinic
from tests.bookings.diary.scenes import book_at, day, hours_of, weekly

pytestmark = pytest.mark.django_db

MONDAY, SUNDAY = 0, 6


@pytest.fixture
def clinic() -> Clinic:
    return make_clinic()


def wednesday_hours(clinic: Clinic) -> WorkingHours:
    return WorkingHours.objects.get(therapist=clinic.therapist, weekday=WEDNESDAY.weekday())


def one_off(clinic: Clinic, on: date, starts: str, ends: str) -> OneOffHours:
    return OneOffHours(
        on=on, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), location=clinic.location
    )


@pytest.mark.parametrize(
    ("starts", "ends"), [("16:59", "18:00"), ("08:00", "09:01"), ("10:00", "11:00"), ("16:00", "00:00")]
)
def test_hours_over_others_of_the_day_are_refused_naming_the_field(clinic: Clinic, starts: str, ends: str) -> None:
    with pytest.raises(OverlappingHours) as refused:
        change_hours(clinic.therapist, store=[weekly(clinic, MONDAY, starts, ends)], now=NOW)

    assert refused.value.data["errors"]["starts"][0]["code"] == "overlapping_hours"
    assert hours_of(clinic, MONDAY) == [("09:00", "17:00")]


@pytest.mark.parametrize(("starts", "ends"), [("17:00", "00:00"), ("07:00", "09:00")])
def test_hours_that_touch_others_are_stored(clinic: Clinic, starts: str, ends: str) -> None:
    change_hours(clinic.therapist, store=[weekly(clinic, MONDAY, starts, ends)], now=NOW)

    assert (starts, ends) in hours_of(clinic, MONDAY)


def test_hours_at_another_location_overlap_too(clinic: Clinic) -> None:
    elsewhere = Location.objects.create(name="Elsewhere")

    with pytest.raises(OverlappingHours):
        change_hours(clinic.therapist, store=[weekly(clinic, MONDAY, "10:00", "11:00", location=elsewhere)], now=NOW)

    assert hours_of(clinic, MONDAY) == [("09:00", "17:00")]


def test_hours_valid_at_other_times_of_the_year_do_not_overlap(clinic: Clinic) -> None:
    WorkingHours.objects.filter(weekday=MONDAY).update(valid_until=day(5, 31))

    change_hours(clinic.therapist, store=[weekly(clinic, MONDAY, "10:00", "18:00", valid_from=day(6, 1))], now=NOW)

    assert hours_of(clinic, MONDAY) == [("09:00", "17:00"), ("10:00", "18:00")]


def test_hours_valid_on_one_day_in_common_overlap(clinic: Clinic) -> None:
    WorkingHours.objects.filter(weekday=MONDAY).update(valid_until=day(5, 31))

    with pytest.raises(OverlappingHours):
        change_hours(clinic.therapist, store=[weekly(clinic, MONDAY, "10:00", "18:00", valid_from=day(5, 31))], now=NOW)

    assert hours_of(clinic, MONDAY) == [("09:00", "17:00")]


def test_hours_of_two_new_rows_that_overlap_each_other_are_refused_together(clinic: Clinic) -> None:
    rows = [weekly(clinic, MONDAY, "17:00", "19:00"), weekly(clinic, MONDAY, "18:00", "20:00")]

    with pytest.raises(OverlappingHours):
        change_hours(clinic.therapist, store=rows, now=NOW)

    assert hours_of(clinic, MONDAY) == [("09:00", "17:00")]


def test_hours_rearranged_as_a_whole_may_pass_through_an_overlap(clinic: Clinic) -> None:
    old = WorkingHours.objects.get(therapist=clinic.therapist, weekday=MONDAY)
    rows = [weekly(clinic, MONDAY, "07:00", "12:00"), weekly(clinic, MONDAY, "12:00", "20:00")]

    change_hours(clinic.therapist, store=rows, remove=[old], now=NOW)

    assert hours_of(clinic, MONDAY) == [("07:00", "12:00"), ("12:00", "20:00")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": time(17), "ends": time(17)}, "ends"),
        ({"starts": time(17), "ends": time(16)}, "ends"),
        ({"valid_from": day(6, 2), "valid_until": day(6, 1)}, "valid_until"),
    ],
)
def test_hours_that_make_no_sense_are_refused_naming_the_field(
    clinic: Clinic, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        edit_hours(wednesday_hours(clinic), changes=changes, now=NOW)

    assert list(refused.value.errors) == [field]
    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "17:00")]


def test_hours_at_a_location_out_of_use_are_refused(clinic: Clinic) -> None:
    Location.objects.update(is_active=False)
    clinic.location.refresh_from_db()

    with pytest.raises(InvalidInput) as refused:
        change_hours(clinic.therapist, store=[weekly(clinic, MONDAY, "18:00", "19:00")], now=NOW)

    assert list(refused.value.errors) == ["location"]
    assert hours_of(clinic, MONDAY) == [("09:00", "17:00")]


def test_hours_shortened_over_a_booking_are_refused_with_the_list(clinic: Clinic) -> None:
    booking = book_at(clinic, at(16))

    with pytest.raises(StrandsBookings) as refused:
        edit_hours(wednesday_hours(clinic), changes={"ends": time(16, 45)}, now=NOW)

    assert refused.value.data["bookings"] == [
        {
            "id": booking.pk,
            "reference": booking.reference,
            "starts_at": "2027-01-06T16:00:00+00:00",
            "ends_at": "2027-01-06T17:00:00+00:00",
            "occupied_from": "2027-01-06T16:00:00+00:00",
            "occupied_until": "2027-01-06T17:15:00+00:00",
            "client": booking.client.display_name,
            "treatment": booking.treatment_name,
            "therapist": {"id": clinic.therapist.pk, "name": "Therapist 1"},
            "status": "booked",
            "version": 1,
        }
    ]
    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "17:00")]


def test_hours_shortened_over_a_booking_are_stored_when_accepted(clinic: Clinic) -> None:
    booking = book_at(clinic, at(16))

    edit_hours(wednesday_hours(clinic), changes={"ends": time(16, 45)}, now=NOW, accept_stranded=True)

    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "16:45")]
    booking.refresh_from_db()
    assert (booking.status, booking.version) == ("booked", 1)


def test_hours_shortened_up_to_a_booking_are_stored(clinic: Clinic) -> None:
    book_at(clinic, at(15))

    edit_hours(wednesday_hours(clinic), changes={"ends": time(16)}, now=NOW)

    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "16:00")]


def test_hours_removed_under_a_booking_are_refused(clinic: Clinic) -> None:
    booking = book_at(clinic, at(16))

    with pytest.raises(StrandsBookings) as refused:
        change_hours(clinic.therapist, remove=[wednesday_hours(clinic)], now=NOW)

    assert [row["reference"] for row in refused.value.data["bookings"]] == [booking.reference]
    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "17:00")]


def test_hours_moved_to_another_location_strand_the_bookings_of_this_one(clinic: Clinic) -> None:
    book_at(clinic, at(16))
    elsewhere = Location.objects.create(name="Elsewhere")

    with pytest.raises(StrandsBookings):
        edit_hours(wednesday_hours(clinic), changes={"location": elsewhere}, now=NOW)

    assert wednesday_hours(clinic).location == clinic.location


def test_hours_of_one_date_that_leave_a_booking_out_are_refused(clinic: Clinic) -> None:
    book_at(clinic, at(16))

    with pytest.raises(StrandsBookings):
        change_hours(clinic.therapist, store=[one_off(clinic, WEDNESDAY, "09:00", "12:00")], now=NOW)

    assert not OneOffHours.objects.exists()


def test_hours_of_one_date_over_others_of_that_date_are_refused(clinic: Clinic) -> None:
    change_hours(clinic.therapist, store=[one_off(clinic, WEDNESDAY, "09:00", "12:00")], now=NOW)

    with pytest.raises(OverlappingHours):
        change_hours(clinic.therapist, store=[one_off(clinic, WEDNESDAY, "11:00", "13:00")], now=NOW)

    assert OneOffHours.objects.count() == 1


def test_hours_split_around_midday_keep_a_booking_across_the_join(clinic: Clinic) -> None:
    book_at(clinic, at(11, 30))
    rows = [
        weekly(clinic, WEDNESDAY.weekday(), "09:00", "12:00"),
        weekly(clinic, WEDNESDAY.weekday(), "12:00", "17:00"),
    ]

    change_hours(clinic.therapist, store=rows, remove=[wednesday_hours(clinic)], now=NOW)

    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "12:00"), ("12:00", "17:00")]


def test_hours_change_is_not_blamed_for_a_booking_that_lay_outside_before(clinic: Clinic) -> None:
    book_at(clinic, at(19), override="Evening, as agreed.")

    edit_hours(wednesday_hours(clinic), changes={"ends": time(16)}, now=NOW)

    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "16:00")]


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "fulfilled", "noshow"])
def test_hours_change_leaves_bookings_that_are_over_out_of_account(clinic: Clinic, status: str) -> None:
    booking = book_at(clinic, at(16))
    type(booking).objects.update(status=status)

    edit_hours(wednesday_hours(clinic), changes={"ends": time(16)}, now=NOW)

    assert hours_of(clinic, WEDNESDAY.weekday()) == [("09:00", "16:00")]


def test_hours_edited_after_somebody_removed_them_are_not_found(clinic: Clinic) -> None:
    row = wednesday_hours(clinic)
    WorkingHours.objects.filter(pk=row.pk).delete()

    with pytest.raises(NotFound):
        edit_hours(row, changes={"ends": time(16)}, now=NOW)

    assert hours_of(clinic, WEDNESDAY.weekday()) == []


@pytest.mark.parametrize(
    ("on", "starts_at", "ends_at"),
    [
        (day(3, 27), datetime(2027, 3, 27, 9, tzinfo=UTC), datetime(2027, 3, 27, 17, tzinfo=UTC)),
        (day(3, 28), datetime(2027, 3, 28, 8, tzinfo=UTC), datetime(2027, 3, 28, 16, tzinfo=UTC)),
        (day(10, 30), datetime(2027, 10, 30, 8, tzinfo=UTC), datetime(2027, 10, 30, 16, tzinfo=UTC)),
        (day(10, 31), datetime(2027, 10, 31, 9, tzinfo=UTC), datetime(2027, 10, 31, 17, tzinfo=UTC)),
    ],
)
def test_shifts_keep_the_wall_clock_across_clock_changes(
    clinic: Clinic, on: date, starts_at: datetime, ends_at: datetime
) -> None:
    (shift,) = load_shifts([clinic.therapist.pk], load_rules(), first=on, last=on)[clinic.therapist.pk]

    assert (shift.interval.starts_at, shift.interval.ends_at) == (starts_at, ends_at)


@pytest.mark.parametrize(("on", "hours"), [(day(3, 28), 23), (day(10, 31), 25), (day(10, 24), 24)])
def test_shift_of_a_whole_day_is_as_long_as_the_day(clinic: Clinic, on: date, hours: int) -> None:
    WorkingHours.objects.filter(weekday=SUNDAY).update(starts=time(0), ends=time(0))

    (shift,) = load_shifts([clinic.therapist.pk], load_rules(), first=on, last=on)[clinic.therapist.pk]

    assert shift.interval.duration.total_seconds() == hours * 3600


def test_shifts_rest_on_bank_holidays_unless_the_therapist_works_then(clinic: Clinic) -> None:
    good_friday = day(3, 26)
    clinic.set_rules(is_closed_on_bank_holidays=True)

    def shifts() -> int:
        return len(
            load_shifts([clinic.therapist.pk], load_rules(), first=good_friday, last=good_friday)[clinic.therapist.pk]
        )

    assert shifts() == 0
    nothing_own = {field.name: None for field in BookingRules._meta.concrete_fields if field.null}
    BookingRules.objects.create(**{**nothing_own, "therapist": clinic.therapist, "is_closed_on_bank_holidays": False})
    assert shifts() == 1


def test_shifts_of_one_date_replace_the_weekly_ones_and_hold_on_bank_holidays(clinic: Clinic) -> None:
    good_friday = day(3, 26)
    change_hours(clinic.therapist, store=[one_off(clinic, good_friday, "10:00", "12:00")], now=NOW)

    (shift,) = load_shifts([clinic.therapist.pk], load_rules(), first=good_friday, last=good_friday)[
        clinic.therapist.pk
    ]

    assert shift.interval.starts_at == at(10, on=good_friday)
