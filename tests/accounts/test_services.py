from __future__ import annotations

import pytest

from clinic.accounts import services
from clinic.accounts.models import User
from clinic.accounts.roles import Role
from clinic.audit.models import AuditEvent
from clinic.errors import InvalidInput, NotAllowed
from tests.accounts.conftest import PASSWORD, make_staff
from tests.factories import make_user


def test_invite_staff_makes_an_account_that_no_password_opens(owner: User) -> None:
    user, link = services.invite_staff(" New@Clinic.Example ", role=Role.THERAPIST, name="New", actor=owner)

    assert (user.email, user.role, user.name) == ("new@clinic.example", "therapist", "New")
    assert user.has_usable_password() is False
    assert link.startswith("http://localhost:8000/set-password/#")


def test_invite_staff_is_on_the_audit_trail(owner: User) -> None:
    user, _ = services.invite_staff("new@clinic.example", role=Role.RECEPTIONIST, name="", actor=owner)

    event = AuditEvent.objects.get(subject_type="accounts_user", subject_id=str(user.pk))
    assert (event.action, event.actor, event.detail) == ("create", owner, {"role": "receptionist"})


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "x@" + "y" * 300 + ".example"])
def test_invite_staff_malformed_address_names_the_field(owner: User, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.invite_staff(email, role=Role.THERAPIST, name="", actor=owner)

    assert list(refused.value.errors) == ["email"]
    assert User.objects.count() == 1


def test_invite_staff_taken_address_is_refused(owner: User, client_user: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.invite_staff(client_user.email.upper(), role=Role.THERAPIST, name="", actor=owner)

    assert refused.value.errors["email"][0]["code"] == "taken"
    client_user.refresh_from_db()
    assert client_user.role == "client"


@pytest.mark.parametrize("role", ["client", "admin", ""])
def test_invite_staff_role_that_is_none_is_refused(owner: User, role: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.invite_staff("new@clinic.example", role=role, name="", actor=owner)

    assert list(refused.value.errors) == ["role"]


def test_change_role_is_in_force_and_on_the_audit_trail(owner: User, therapist: User) -> None:
    services.change_role(therapist, role=Role.RECEPTIONIST, actor=owner)

    therapist.refresh_from_db()
    event = AuditEvent.objects.get(subject_id=str(therapist.pk))
    assert therapist.role == "receptionist"
    assert event.detail == {"role": ["therapist", "receptionist"]}


def test_change_role_of_a_client_is_refused(owner: User, client_user: User) -> None:
    with pytest.raises(NotAllowed):
        services.change_role(client_user, role=Role.OWNER, actor=owner)

    client_user.refresh_from_db()
    assert client_user.role == "client"


def test_change_role_of_the_last_owner_is_refused(owner: User) -> None:
    make_staff(Role.OWNER, is_active=False)

    with pytest.raises(services.LastOwner):
        services.change_role(owner, role=Role.THERAPIST, actor=owner)


def test_change_role_of_one_of_two_owners_is_done(owner: User) -> None:
    make_staff(Role.OWNER)

    services.change_role(owner, role=Role.THERAPIST, actor=owner)

    owner.refresh_from_db()
    assert owner.role == "therapist"


def test_deactivate_the_last_owner_is_refused(owner: User) -> None:
    with pytest.raises(services.LastOwner):
        services.deactivate(owner, actor=owner)

    owner.refresh_from_db()
    assert (owner.is_active, owner.check_password(PASSWORD)) == (True, True)


def test_deactivate_takes_the_password_and_reactivate_does_not_give_it_back(owner: User, therapist: User) -> None:
    services.deactivate(therapist, actor=owner)
    services.reactivate(therapist, actor=owner)

    therapist.refresh_from_db()
    assert (therapist.is_active, therapist.has_usable_password()) == (True, False)


def test_deactivate_twice_is_recorded_once(owner: User, therapist: User) -> None:
    services.deactivate(therapist, actor=owner)
    services.deactivate(therapist, actor=owner)

    assert AuditEvent.objects.filter(subject_id=str(therapist.pk)).count() == 1


def test_renew_password_link_of_a_client_or_a_closed_account_is_refused(owner: User, client_user: User) -> None:
    closed = make_user(Role.THERAPIST, is_active=False)

    for user in (client_user, closed):
        with pytest.raises(NotAllowed):
            services.renew_password_link(user, actor=owner)
