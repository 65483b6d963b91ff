"""What holds for every test: where tools may write, which tests need servers, and that nothing may be skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import configuration

from tests.settings import TEST_DATABASE_URL, TEST_REDIS_URL

configuration.set_hypothesis_home_dir(Path(__file__).resolve().parent.parent / "var" / "cache" / "hypothesis")

# The browser of the tests in tests/browser; Playwright's own download is not needed.
# The shell without a window of its own first: the same browser at half the work.
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
chromium = os.environ.get("GROUNDWORK_CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), "")
os.environ["GROUNDWORK_CHROMIUM"] = chromium
skips_forbidden = os.environ.get("GROUNDWORK_FORBID_SKIPS", "") == "1"
not_run = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[not_run] = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, not skip, what needs servers or a browser when there is none: a skip is always a mistake."""
    missing = set() if TEST_DATABASE_URL and TEST_REDIS_URL else {"servers"}
    missing |= set() if chromium else {"browser"}
    if os.environ.get("GROUNDWORK_REQUIRE_BROWSER") == "1" and "browser" in missing:
        pytest.exit("No Chromium was found, and the browser tests are required here.", returncode=4)
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in missing)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped:  # an expected failure counts as one
        item.config.stash[not_run].append(item.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        collector.config.stash[not_run].append(collector.nodeid)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skips_forbidden and session.config.stash[not_run] and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if skips_forbidden and config.stash[not_run]:
        terminalreporter.section("skipped, where nothing may be skipped", red=True, bold=True)
        for node in config.stash[not_run]:
            terminalreporter.line(node)
