from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks import CheckMessage
from django.db import connections
from pytest_django import DjangoDbBlocker, Settings

from clinic.practice import checks
from clinic.sqlite import is_wal_safe, journal_mode


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_used_only_where_it_is_mended(version: tuple[int, int, int], is_safe: bool) -> None:
    assert is_wal_safe(version) is is_safe
    assert journal_mode(version) == ("WAL" if is_safe else "DELETE")


@pytest.fixture
def files_of_our_own(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """These tests open databases that pytest-django knows nothing of."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.usefixtures("files_of_our_own")
def test_wal_on_an_unmended_sqlite_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))

    assert [found.id for found in journal_errors(tmp_path, "wal")] == ["groundwork.E002"]


@pytest.mark.usefixtures("files_of_our_own")
def test_wal_control_is_none_on_a_mended_one_or_with_another_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    assert journal_errors(tmp_path, "delete") == []
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert journal_errors(tmp_path, "wal") == []


def journal_errors(folder: Path, mode: str) -> list[CheckMessage]:
    """What is found of a database file whose journal is `mode`."""
    database = {**connections["default"].settings_dict, "ENGINE": "django.db.backends.sqlite3", "OPTIONS": {}}
    connections.databases["other"] = database | {"NAME": str(folder / f"{mode}.sqlite3")}
    try:
        with connections["other"].cursor() as cursor:
            cursor.execute(f"PRAGMA journal_mode={mode}")
        return checks.check_journal(databases=["other"])
    finally:
        connections["other"].close()
        del connections["other"]
        del connections.databases["other"]


@pytest.mark.parametrize("keys", ["", "k1", "k1:short", "k1:!!!!", f"k1:{'A' * 43}=,k1:{'A' * 43}="])
def test_keys_that_cannot_be_used_are_an_error_that_repeats_none(settings: Settings, keys: str) -> None:
    settings.VAULT_KEYS = keys

    found = checks.check_vault_keys()

    assert [error.id for error in found] == ["groundwork.E001"]
    assert "A" * 43 not in found[0].msg


def test_keys_as_make_secrets_makes_them_are_fine(settings: Settings) -> None:
    settings.VAULT_KEYS = f"k1:{'A' * 43}="

    assert checks.check_vault_keys() == []


@pytest.mark.parametrize(
    ("site", "hosts", "ids"),
    [
        ("https://clinic.example", ["clinic.example"], []),
        ("https://book.clinic.example", [".clinic.example"], []),
        ("https://clinic.example:8443", ["clinic.example"], []),
        ("https://clinic.example", ["other.example"], ["groundwork.E004"]),
        ("https://clinic.example", ["*"], ["groundwork.W003"]),
    ],
)
def test_links_must_lead_to_a_host_that_answers(
    settings: Settings, site: str, hosts: list[str], ids: list[str]
) -> None:
    settings.SITE_URL = site
    settings.ALLOWED_HOSTS = hosts

    assert [found.id for found in checks.check_site_address()] == ids


@pytest.mark.parametrize(("is_on", "ids"), [(True, []), (False, ["groundwork.W005"])])
def test_lifted_limits_are_a_warning(settings: Settings, is_on: bool, ids: list[str]) -> None:
    settings.PUBLIC_THROTTLE = is_on

    assert [found.id for found in checks.check_throttles()] == ids
