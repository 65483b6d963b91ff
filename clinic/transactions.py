"""Who owns the transaction, and what a busy database or a broken rule becomes.

A service that owns its transaction is decorated with `owns_transaction`; one that must be called
inside its caller's says so with `transaction_required`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from clinic.constraints import violated_constraint
from clinic.errors import Busy, DomainError

P = ParamSpec("P")
R = TypeVar("R")

_ATTEMPTS: Final = 4
_FIRST_PAUSE_SECONDS: Final = 0.02
# PostgreSQL: serialization failure, deadlock, lock not available.
_RETRYABLE_SQLSTATES: Final = frozenset({"40001", "40P01", "55P03"})


def owns_transaction(
    *, violations: Mapping[str, Callable[[], DomainError]] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Run the function in a transaction of its own, retried as a whole while the database is busy.

    `violations` maps the name of a database constraint to the domain error its breach means.
    The function must therefore be repeatable: no effects outside the database.
    Raises `Busy` when the retries are used up. Inside another transaction it is a savepoint and
    is not retried: a failed outer transaction cannot be mended from within.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            attempts = 1 if connection.in_atomic_block else _ATTEMPTS
            for attempt in range(1, attempts + 1):
                try:
                    with transaction.atomic():
                        return function(*args, **kwargs)
                except IntegrityError as error:
                    meaning = (violations or {}).get(violated_constraint(error) or "")
                    if meaning is None:
                        raise
                    raise meaning() from error
                except OperationalError as error:
                    if not _is_busy(error):
                        raise
                    if attempt == attempts:
                        raise Busy from error
                    time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311  # spreads retries, guards nothing
            raise AssertionError("unreachable")

        return wrapper

    return decorate


def transaction_required(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse to run outside a transaction: the caller owns it."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError(f"{function.__qualname__} must run in a transaction.")
        return function(*args, **kwargs)

    return wrapper


def _is_busy(error: OperationalError) -> bool:
    if connection.vendor == "sqlite":
        return "locked" in str(error) or "busy" in str(error)
    return getattr(error.__cause__, "sqlstate", None) in _RETRYABLE_SQLSTATES
