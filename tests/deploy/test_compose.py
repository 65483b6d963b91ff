"""docker-compose.yml as it stands: its own commands, environment and health checks, without containers.

Host names become 127.0.0.1, secrets become files in a temporary folder, and each of our services is
started with exactly the command that compose would give it.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from deploy.make_secrets import make_secrets

ROOT = Path(__file__).resolve().parent.parent.parent
DOTENV = {"SITE_HOST": "clinic.example"}
OURS = ("migrate", "web", "worker", "beat")
SECONDS_TO_HEALTH = 60


def interpolate(value: object) -> Any:
    """As compose does: ${NAME}, ${NAME:-default}, ${NAME:?message} and $$."""
    if isinstance(value, dict):
        return {key: interpolate(item) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolate(item) for item in value]
    if not isinstance(value, str):
        return value

    def replaced(found: re.Match[str]) -> str:
        if found[0] == "$$":
            return "$"
        return DOTENV.get(found["name"]) or found["default"] or ""

    return re.sub(r"\$\$|\$\{(?P<name>\w+)(?::-(?P<default>[^}]*)|:\?[^}]*)?\}", replaced, value)


COMPOSE: dict[str, Any] = interpolate(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))
SERVICES: dict[str, Any] = COMPOSE["services"]


@dataclass(frozen=True)
class Place:
    """Where the services run instead of in containers."""

    folder: Path
    database_url: str
    port: int

    def environment(self, service: str) -> dict[str, str]:
        given = dict(SERVICES[service]["environment"])
        named_secrets = {name: Path(path).name for name, path in given.items() if name.endswith("_FILE")}
        assert set(named_secrets.values()) <= set(SERVICES[service]["secrets"])
        return {
            "HOME": str(self.folder),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            **given,
            **{name: str(self.folder / "secrets" / secret) for name, secret in named_secrets.items()},
            # The image's own VAR_DIR, and what containers have to themselves and processes here share.
            "VAR_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            "BROKER_URL": on_this_machine(given["BROKER_URL"], "redis-broker", os.environ["BROKER_URL"]),
            "CACHE_URL": on_this_machine(given["CACHE_URL"], "redis-cache", os.environ["CACHE_URL"]),
        }

    def command(self, service: str) -> list[str]:
        # beat's schedule lies in /tmp, which is each container's own.
        return [part.replace("/tmp/", f"{self.folder}/") for part in SERVICES[service]["command"]]

    def is_healthy(self, service: str) -> bool:
        kind, *command = SERVICES[service]["healthcheck"]["test"]
        assert kind == "CMD"
        return subprocess.run(command, cwd=ROOT, env=self.environment(service), check=False).returncode == 0

    @contextmanager
    def running(self, service: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(self.command(service), cwd=ROOT, env=self.environment(service))
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def on_this_machine(url: str, host: str, here: str) -> str:
    assert urlsplit(url).hostname == host
    return here


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, empty_database_url: str) -> Place:
    """An empty database, and secrets as deploy/make_secrets.py makes them."""
    folder = tmp_path_factory.mktemp("compose")
    make_secrets(folder / "secrets", chain=True)
    secret = folder / "secrets" / "database_url"
    here = on_this_machine(secret.read_text(), "postgres", empty_database_url)
    secret.chmod(0o600)
    secret.write_text(here)
    return Place(folder=folder, database_url=here, port=free_port())


@pytest.fixture(scope="module")
def migrated(place: Place) -> Place:
    subprocess.run(place.command("migrate"), cwd=ROOT, env=place.environment("migrate"), check=True)
    return place


@pytest.mark.servers
def test_migrate_command_makes_every_table(migrated: Place) -> None:
    with psycopg.connect(migrated.database_url) as connection:
        found = connection.execute("SELECT count(*) FROM django_migrations WHERE app = 'bookings'").fetchone()

    assert found
    assert found[0] >= 1


@pytest.mark.servers
@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_service_becomes_healthy_and_stops_when_told(migrated: Place, service: str) -> None:
    before = migrated.is_healthy(service)
    with migrated.running(service) as process:
        until = time.monotonic() + SECONDS_TO_HEALTH
        while not (healthy := migrated.is_healthy(service)) and time.monotonic() < until:
            assert process.poll() is None, f"{service} ended with {process.returncode}"
            time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)

    assert (before, healthy, code) == (False, True, 0)


def test_services_of_ours_are_all_there_with_one_beat() -> None:
    copies = {name: SERVICES[name].get("deploy", {}).get("replicas", 1) for name in OURS}

    assert copies == {"migrate": 1, "web": 2, "worker": 2, "beat": 1}


def test_only_the_proxy_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_every_service_restarts_and_all_that_stay_have_a_health_check() -> None:
    lasting = {name: service for name, service in SERVICES.items() if name != "migrate"}

    assert {service["restart"] for service in lasting.values()} == {"unless-stopped"}
    assert all("healthcheck" in service for service in lasting.values())


@pytest.mark.parametrize("service", OURS)
def test_our_services_run_without_rights_on_a_read_only_disk(service: str) -> None:
    described: Mapping[str, Any] = SERVICES[service]

    assert described["user"] == "10001:10001"
    assert described["read_only"] is True
    assert described["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("service", OURS)
def test_secrets_come_from_files_and_never_from_the_environment(service: str) -> None:
    environment = SERVICES[service]["environment"]

    assert {"SECRET_KEY", "VAULT_KEYS", "AUDIT_KEY", "DATABASE_URL", "EMAIL_URL"}.isdisjoint(environment)
    assert {environment[f"{name}_FILE"] for name in ("SECRET_KEY", "VAULT_KEYS", "AUDIT_KEY", "DATABASE_URL")} == {
        f"/run/secrets/{name}" for name in ("secret_key", "vault_keys", "audit_key", "database_url")
    }


def test_broker_and_cache_are_two_servers_that_keep_and_forget() -> None:
    broker, cache = SERVICES["redis-broker"]["command"], SERVICES["redis-cache"]["command"]

    assert ("noeviction" in broker, "yes" in broker) == (True, True)
    assert ("allkeys-lru" in cache, "yes" in cache) == (True, False)


def test_image_has_the_python_that_ci_tests_with() -> None:
    images = set(re.findall(r"^FROM python:(\d+\.\d+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    tested = re.findall(r"^PYTHON=\$\{PYTHON:-python(\d+\.\d+)\}", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)

    assert images == set(tested)


def test_image_holds_every_package_that_is_installed_as_an_app() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", _last_stage((ROOT / "Dockerfile").read_text()), re.MULTILINE))

    assert copied == {folder.parent.name for folder in ROOT.glob("*/apps.py")} | {"clinic"}


def _last_stage(dockerfile: str) -> str:
    """What is in the image itself; the others only build."""
    return re.split(r"^FROM ", dockerfile, flags=re.MULTILINE)[-1]
