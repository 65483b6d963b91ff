"""Guessing and flooding are slowed by address and by account, whichever way they come."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django.core.cache.backends.filebased import FileBasedCache
from pytest_django import Settings

from clinic.accounts.adapter import AccountAdapter
from clinic.accounts.models import User
from clinic.accounts.services import renew_password_link
from clinic.file_cache import SharedFileCache
from tests.accounts.conftest import PASSWORD, Browser, make_staff, sent_mail

ROOT = Path(__file__).resolve().parent.parent.parent
WRONG = "not it, and long enough"
TOO_MANY = "too_many_login_attempts"


def wrong_passwords(email: str, browsers: Iterator[Browser]) -> list[str]:
    return [browser.sign_in(email, WRONG).json()["errors"][0]["code"] for browser in browsers]


def from_many_addresses(count: int) -> Iterator[Browser]:
    return (Browser(address=f"198.51.100.{number}") for number in range(1, count + 1))


def test_account_is_closed_to_guesses_after_five_from_as_many_addresses(therapist: User) -> None:
    codes = wrong_passwords(therapist.email, from_many_addresses(8))

    assert codes == ["email_password_mismatch"] * 5 + [TOO_MANY] * 3
    assert Browser(address="203.0.113.9").sign_in(therapist.email).status_code == 400


def test_account_of_nobody_is_counted_alike() -> None:
    codes = wrong_passwords("nobody@example.org", from_many_addresses(6))

    assert codes == ["email_password_mismatch"] * 5 + [TOO_MANY]


def test_account_control_is_open_to_guesses_without_the_limit(therapist: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "10/m/ip"}

    codes = wrong_passwords(therapist.email, from_many_addresses(8))

    assert codes == ["email_password_mismatch"] * 8


def with_changing_hosts(count: int) -> Iterator[Browser]:
    return (Browser(host=f"localhost:{8000 + number}", address=f"198.51.100.{number + 1}") for number in range(count))


def test_changing_the_host_header_gives_no_further_guesses(therapist: User) -> None:
    assert wrong_passwords(therapist.email, with_changing_hosts(6))[-1] == TOO_MANY


def test_changing_the_host_header_control_does_so_with_the_library_s_own_count(
    therapist: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = DefaultAccountAdapter._get_login_attempts_cache_key
    monkeypatch.setattr(AccountAdapter, "_get_login_attempts_cache_key", own)

    assert TOO_MANY not in wrong_passwords(therapist.email, with_changing_hosts(8))


def test_forwarded_for_gives_no_further_guesses_where_no_proxy_stands_in_front(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/m/ip"}
    answers = [
        Browser().post(
            "/_allauth/browser/v1/auth/login",
            {"email": f"{number}@example.org", "password": WRONG},
            **{"X-Forwarded-For": f"198.51.100.{number}"},
        )
        for number in range(6)
    ]

    assert answers[-1].json()["errors"][0]["code"] == TOO_MANY


def test_forwarded_for_is_believed_as_far_as_our_own_proxy_wrote_it(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/m/ip"}

    def last_code(real_address: str) -> str:
        answer = Browser().post(
            "/_allauth/browser/v1/auth/login",
            {"email": f"{os.urandom(4).hex()}@example.org", "password": WRONG},
            **{"X-Forwarded-For": f"{os.urandom(1)[0]}.1.1.1, {real_address}"},
        )
        return str(answer.json()["errors"][0]["code"])

    codes = [last_code("198.51.100.1") for _ in range(6)]

    assert codes[-1] == TOO_MANY
    assert last_code("198.51.100.2") == "email_password_mismatch"


def test_right_passwords_in_between_do_not_clear_the_count(therapist: User) -> None:
    wrong_passwords(therapist.email, from_many_addresses(4))
    assert Browser(address="203.0.113.9").sign_in(therapist.email).status_code == 200

    assert wrong_passwords(therapist.email, from_many_addresses(2)) == ["email_password_mismatch", TOO_MANY]


def test_who_sets_a_new_password_is_let_in_though_others_guess(therapist: User) -> None:
    wrong_passwords(therapist.email, from_many_addresses(6))
    browser = Browser(address="203.0.113.9")
    key = renew_password_link(therapist, actor=None).partition("#")[2]

    browser.post("/_allauth/browser/v1/auth/password/reset", {"key": key, "password": "another long phrase"})

    assert browser.sign_in(therapist.email, "another long phrase").status_code == 200


def test_one_address_may_sign_in_thirty_times_a_minute() -> None:
    users = [make_staff("therapist") for _ in range(31)]

    statuses = [Browser().sign_in(user.email, PASSWORD).status_code for user in users]

    assert statuses == [200] * 30 + [429]


def test_a_mailbox_is_sent_three_codes_a_minute_from_as_many_addresses(client_user: User) -> None:
    answers = [browser.ask_for_code(client_user.email).status_code for browser in from_many_addresses(5)]

    assert answers == [401] * 3 + [400] * 2
    assert len(sent_mail()) == 3


def test_a_mailbox_is_sent_two_password_links_a_minute_from_as_many_addresses(therapist: User) -> None:
    answers = [
        browser.post("/_allauth/browser/v1/auth/password/request", {"email": therapist.email}).status_code
        for browser in from_many_addresses(4)
    ]

    assert answers == [200] * 2 + [429] * 2
    assert len(sent_mail()) == 2


# --- The cache that counts -----------------------------------------------------------------------


def count_left_after_flood(cache: FileBasedCache) -> int:
    cache.set("count", 5, 300)
    for number in range(400):
        cache.set(f"other-{number}", 1, 300)
    return int(cache.get("count", 0))


def test_file_cache_forgets_no_count_for_the_number_of_others(tmp_path: Path) -> None:
    assert [count_left_after_flood(SharedFileCache(str(tmp_path / str(n)), {})) for n in range(5)] == [5] * 5


def test_file_cache_control_django_s_own_forgets(tmp_path: Path) -> None:
    left = [count_left_after_flood(FileBasedCache(str(tmp_path / str(n)), {})) for n in range(10)]

    assert 0 in left


def test_file_cache_removes_what_has_expired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = SharedFileCache(str(tmp_path), {})
    cache.set("old", 1, -1)
    cache.set("young", 1, 300)
    monkeypatch.setattr(SharedFileCache, "_next_clearing", 0.0)

    cache.set("new", 1, 300)

    assert len(list(tmp_path.glob("*.djcache"))) == 2


def test_file_cache_tells_one_process_only_that_it_was_first(tmp_path: Path) -> None:
    assert most_told_first(SharedFileCache, tmp_path) == 1


def test_file_cache_control_django_s_own_tells_several(tmp_path: Path) -> None:
    assert most_told_first(FileBasedCache, tmp_path) > 1


ADDER = """
import sys, time
from pathlib import Path
from django.core.cache.backends.filebased import FileBasedCache
from clinic.file_cache import SharedFileCache

kind, folder = sys.argv[1:]
cache = {"FileBasedCache": FileBasedCache, "SharedFileCache": SharedFileCache}[kind](folder + "/cache", {})
print("ready", flush=True)
until = time.monotonic() + 20
while not Path(folder, "start").exists() and time.monotonic() < until:
    pass
print("".join(str(int(cache.add(f"round-{number}", 1, 300))) for number in range(200)))
"""


def most_told_first(kind: type[FileBasedCache], folder: Path) -> int:
    """Of 200 rounds of four processes that add one key at the same time, the most winners of a round."""
    command = [sys.executable, "-c", ADDER, kind.__name__, str(folder)]
    adders = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for adder in adders:
        assert adder.stdout
        adder.stdout.readline()
    (folder / "start").touch()
    answers = [adder.communicate(timeout=60)[0].strip() for adder in adders]
    assert [len(answer) for answer in answers] == [200] * 4
    return max(winners.count("1") for winners in zip(*answers, strict=True))
