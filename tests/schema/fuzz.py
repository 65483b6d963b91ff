"""A long run of calls made up from the OpenAPI document, as one role.

    python -m tests.schema.fuzz --cases 5000 --role owner [--seed 1] [--without ranges]

prints seed, versions and counts, and ends with 3 where an answer was wrong. `--without ranges` takes
away the upper bounds of numbers: then answers have to go wrong. TEST_DATABASE_URL and TEST_REDIS_URL
choose servers, as for the suite.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

# Only now: these read the settings.
from django.core.validators import MaxValueValidator  # noqa: E402
from django.test.utils import (  # noqa: E402
    override_settings,
    setup_databases,
    setup_test_environment,
    teardown_databases,
    teardown_test_environment,
)

from tests.access.callers import ROLES, make_callers  # noqa: E402
from tests.access.world import make_world, standing_still, undone  # noqa: E402
from tests.schema.made_up import fuzz  # noqa: E402

if TYPE_CHECKING:
    from tests.access.callers import Caller
    from tests.access.world import World


FAULTS_FOUND: Final = 3


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=5000)
    options.add_argument("--role", choices=ROLES, required=True)
    options.add_argument("--seed", type=int, default=random.SystemRandom().randint(1, 10**6))
    options.add_argument("--without", choices=("ranges",), default="")
    chosen = options.parse_args()
    if chosen.without:
        MaxValueValidator.__call__ = lambda self, value: None  # type: ignore[method-assign]
    with _clinic() as (world, callers):
        report = fuzz(callers[chosen.role], world, cases=chosen.cases, seed=chosen.seed)
    print("\n".join(report.lines()))
    return FAULTS_FOUND if report.failures else 0


@contextmanager
def _clinic() -> Iterator[tuple[World, dict[str, Caller]]]:
    """A database of its own, as the suite makes one, with the scene in it."""
    logging.disable(logging.WARNING)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with standing_still(), override_settings(ACCOUNT_RATE_LIMITS=False), undone():
            world = make_world()
            yield world, make_callers(world)
    finally:
        teardown_databases(databases, verbosity=0)
        teardown_test_environment()


if __name__ == "__main__":
    sys.exit(main())
