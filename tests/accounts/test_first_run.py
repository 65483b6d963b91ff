from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from clinic.accounts import first_staff, hooks
from clinic.accounts.models import User


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "sign-in.txt"


def first_run() -> str:
    output = StringIO()
    call_command("first_run", stdout=output)
    return output.getvalue()


def test_first_run_makes_owner_therapist_and_receptionist_whose_passwords_are_in_the_file(file: Path) -> None:
    output = first_run()

    lines = [line.split(", ") for line in file.read_text().splitlines()]
    assert [role for role, _, _ in lines] == ["owner", "therapist", "receptionist"]
    for role, email, password in lines:
        user = User.objects.get(email=email)
        assert (user.role, user.check_password(password)) == (role, True)
        assert f"{role}, {email}, {password}" in output
    assert User.objects.count() == 3


def test_first_run_file_is_readable_by_its_owner_alone(file: Path) -> None:
    first_run()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["sign-in.txt"]


def test_first_run_says_the_address_and_where_mail_is_kept(file: Path, settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8123"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = "/somewhere/mail"

    output = first_run()

    assert "http://localhost:8123/" in output
    assert "/somewhere/mail" in output


def test_second_run_changes_nothing_and_points_to_the_file(file: Path) -> None:
    first_run()
    before = file.read_text()
    owner = User.objects.get(role="owner")
    owner.set_password("chosen by the owner meanwhile")
    owner.save()

    output = first_run()

    owner.refresh_from_db()
    assert file.read_text() == before
    assert User.objects.count() == 3
    assert owner.check_password("chosen by the owner meanwhile")
    assert str(file) in output
    assert before.splitlines()[0] not in output


def test_run_that_was_cut_short_after_the_file_is_carried_on_by_the_next(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_user: User) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(hooks, "on_staff_created", [die])
    with pytest.raises(RuntimeError):
        first_run()
    kept = file.read_text()
    monkeypatch.setattr(hooks, "on_staff_created", [])

    first_run()

    assert file.read_text() == kept
    assert User.objects.get(role="owner").check_password(kept.splitlines()[0].split(", ")[2])


def test_passwords_are_random_and_long(tmp_path: Path) -> None:
    made = [first_staff.first_sign_ins(tmp_path / str(number)) for number in range(20)]

    passwords = {sign_in.password for sign_ins in made for sign_in in sign_ins}
    assert len(passwords) == 60
    assert min(map(len, passwords)) >= 20


def test_staff_made_by_the_first_run_are_told_to_higher_floors(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[User] = []
    monkeypatch.setattr(hooks, "on_staff_created", [told.append])

    first_run()

    assert [user.role for user in told] == ["owner", "therapist", "receptionist"]
