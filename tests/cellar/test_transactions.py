"""Who owns the transaction, and what a busy database or a broken rule becomes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from clinic.accounts.models import User
from clinic.errors import Busy, DomainError, NotAllowed
from clinic.transactions import owns_transaction, transaction_required


class DatabaseIsBusy(OperationalError):
    """As the driver raises it: PostgreSQL names a state, SQLite says it in words."""

    def __init__(self) -> None:
        super().__init__("database is locked")
        self.__cause__ = type("Deadlock", (Exception,), {"sqlstate": "40P01"})()


@pytest.mark.django_db(transaction=True)
def test_busy_database_is_tried_again_as_a_whole() -> None:
    tries: list[int] = []

    @owns_transaction()
    def write() -> int:
        tries.append(1)
        User.objects.create_user(f"a{len(tries)}@example.org", role="client")
        if len(tries) < 3:
            raise DatabaseIsBusy
        return len(tries)

    assert write() == 3
    assert [user.email for user in User.objects.all()] == ["a3@example.org"]


@pytest.mark.django_db(transaction=True)
def test_database_that_stays_busy_is_said_to_be() -> None:
    @owns_transaction()
    def write() -> None:
        raise DatabaseIsBusy

    with pytest.raises(Busy):
        write()


@pytest.mark.django_db(transaction=True)
def test_other_operational_errors_are_not_tried_again() -> None:
    tries: list[int] = []

    @owns_transaction()
    def write() -> None:
        tries.append(1)
        raise OperationalError("disk I/O error")

    with pytest.raises(OperationalError, match="disk"):
        write()
    assert len(tries) == 1


@pytest.mark.django_db
def test_named_violation_becomes_its_domain_error_and_others_go_on() -> None:
    @owns_transaction(violations={"user_role_known": NotAllowed})
    def write(role: str, email: str) -> User:
        return User.objects.create_user(email, role=role)

    with pytest.raises(NotAllowed):
        write("emperor", "a@example.org")
    write("client", "b@example.org")
    with pytest.raises(IntegrityError):
        write("client", "b@example.org")


@pytest.mark.django_db(transaction=True)
def test_domain_error_leaves_nothing_behind() -> None:
    @owns_transaction()
    def write() -> None:
        User.objects.create_user("a@example.org", role="client")
        raise NotAllowed

    with pytest.raises(DomainError):
        write()
    assert User.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_transaction_required_refuses_to_run_alone() -> None:
    @transaction_required
    def write() -> Any:
        return connection.in_atomic_block

    with pytest.raises(transaction.TransactionManagementError):
        write()
    with transaction.atomic():
        assert write() is True
