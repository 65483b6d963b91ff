"""The import contracts name every module there is, so that a new one cannot stand outside them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FRAMEWORKS = ("celery", "django", "rest_framework")


def contracts() -> dict[str, Any]:
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract for contract in configured["contracts"]}


def modules(package: str) -> set[str]:
    found = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    return {
        f"{package}.{name}" for name in found | {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    }


def test_every_module_of_the_project_stands_on_the_roof_or_in_the_cellar() -> None:
    floors = contracts()["floors"]["layers"]

    named = {name for floor in floors for name in floor.split(" : ") if name.startswith("clinic.")}
    assert named == modules("clinic")


def test_every_module_that_calls_itself_pure_is_held_to_it() -> None:
    files = [
        file for package in ("bookings", "clients", "clinic", "treatments") for file in (ROOT / package).rglob("*.py")
    ]
    claims = {file for file in files if re.search(r'\A"""[^"]*\bPure\b', file.read_text())}

    named = contracts()["pure"]["source_modules"]
    names = {str(file.relative_to(ROOT).with_suffix("")).replace("/", ".") for file in claims}
    # The contract holds all that is inside a package it names.
    assert {name for name in names if not any(f"{name}.".startswith(f"{held}.") for held in named)} == set()
    assert set(contracts()["pure"]["forbidden_modules"]) == set(FRAMEWORKS)
