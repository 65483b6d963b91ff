from __future__ import annotations

import stat
from pathlib import Path

from clinic.vault.crypto import Keyring
from deploy.make_secrets import make_secrets, make_vault_keys


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


def test_make_secrets_gives_one_machine_what_it_needs(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")

    assert set(contents(tmp_path / "secrets")) == {"secret_key", "vault_keys", "audit_key"}


def test_make_secrets_files_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets")

    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert modes(tmp_path / "secrets") == {0o400}


def test_make_secrets_a_second_time_changes_nothing(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    first = contents(tmp_path)

    make_secrets(tmp_path, chain=True)

    assert {name: value for name, value in contents(tmp_path).items() if name in first} == first


def test_make_secrets_for_a_chain_has_one_password_for_server_and_clients(tmp_path: Path) -> None:
    make_secrets(tmp_path, chain=True)

    made = contents(tmp_path)
    password = made["database_password"].strip()
    assert made["database_url"] == f"postgres://groundwork:{password}@postgres:5432/groundwork\n"


def test_make_vault_keys_makes_a_key_that_the_vault_takes() -> None:
    keyring = Keyring.parse(make_vault_keys())

    sealed = keyring.seal("text", identity="note:1")

    assert keyring.open(sealed, identity="note:1") == "text"


def test_make_secrets_differ_from_each_other_and_from_place_to_place(tmp_path: Path) -> None:
    make_secrets(tmp_path / "one")
    make_secrets(tmp_path / "two")

    values = [*contents(tmp_path / "one").values(), *contents(tmp_path / "two").values()]
    assert len(set(values)) == 6
