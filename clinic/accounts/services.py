"""Staff accounts: made, changed and closed by the owner.

# Note [A new password ends every session]
A session is bound to the password's hash. Giving an account an unusable password, which is random
in each case, therefore ends all its sessions at once: the browser's, the admin's, those behind
`X-Session-Token`, and any that nobody has listed. It also ends every password link sent before.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from clinic.accounts import hooks
from clinic.accounts.models import User, normalise_email
from clinic.accounts.password_links import password_link
from clinic.accounts.roles import STAFF_ROLES, Role
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import InvalidInput, NotAllowed
from clinic.transactions import owns_transaction, transaction_required

_SUBJECT = "accounts_user"


class LastOwner(NotAllowed):
    default_message = "This is the last owner. Make somebody else an owner first."


@owns_transaction()
def create_staff(email: str, *, role: str, name: str, actor: User | None, password: str | None = None) -> User:
    """A staff account, reported to `hooks.on_staff_created`. Without a password it opens by a link only.

    Raises InvalidInput for an address that is malformed or taken, and for a role that is no staff role.
    """
    address = _checked_new_address(email)
    _check_staff_role(role)
    user = User.objects.create_user(address, role=role, name=name.strip(), password=password)
    audit.record(Action.CREATE, subject_type=_SUBJECT, subject_id=user.pk, actor=actor, detail={"role": str(role)})
    for tell in hooks.on_staff_created:
        tell(user)
    return user


@owns_transaction()
def invite_staff(email: str, *, role: str, name: str, actor: User | None) -> tuple[User, str]:
    """A staff account and the link by which its person sets the first password.

    Raises InvalidInput as `create_staff` does.
    """
    user = create_staff(email, role=role, name=name, actor=actor)
    return user, password_link(user)


@owns_transaction()
def renew_password_link(user: User, *, actor: User | None) -> str:
    """A fresh link to set a password. The old password and every session end now.

    Raises NotAllowed for a client, who has no password, and for a closed account.
    See Note [A new password ends every session].
    """
    account, _ = _locked(user)
    if not account.is_clinic_staff or not account.is_active:
        raise NotAllowed("Only staff whose account is open sign in with a password.")
    account.set_unusable_password()
    account.save(update_fields=("password",))
    _record_change(account, actor=actor, detail={"password": "link renewed"})
    return password_link(account)


@owns_transaction()
def rename(user: User, *, name: str, actor: User | None) -> User:
    account, _ = _locked(user)
    before, account.name = account.name, name.strip()
    if account.name != before:
        account.save(update_fields=("name",))
        _record_change(account, actor=actor, detail={"name": [before, account.name]})
    return account


@owns_transaction()
def change_role(user: User, *, role: str, actor: User | None) -> User:
    """Give a staff account another staff role, in force with its next request.

    Raises InvalidInput for a role that is no staff role; NotAllowed for a client's account;
    LastOwner.
    """
    _check_staff_role(role)
    account, is_last_owner = _locked(user)
    if not account.is_clinic_staff:
        raise NotAllowed("A client's account does not become a staff account. Invite the person at another address.")
    if account.role == role:
        return account
    if is_last_owner:
        raise LastOwner
    before, account.role = account.role, role
    account.save(update_fields=("role",))
    _record_change(account, actor=actor, detail={"role": [before, str(role)]})
    return account


@owns_transaction()
def deactivate(user: User, *, actor: User | None) -> User:
    """Close an account: its sessions, its password and its links end now.

    Raises LastOwner. See Note [A new password ends every session].
    """
    account, is_last_owner = _locked(user)
    if not account.is_active:
        return account
    if is_last_owner:
        raise LastOwner
    account.is_active = False
    account.set_unusable_password()
    account.save(update_fields=("is_active", "password"))
    _record_change(account, actor=actor, detail={"is_active": [True, False]})
    return account


@owns_transaction()
def reactivate(user: User, *, actor: User | None) -> User:
    """Open a closed account again. Staff then need a new password link."""
    account, _ = _locked(user)
    if account.is_active:
        return account
    account.is_active = True
    account.save(update_fields=("is_active",))
    _record_change(account, actor=actor, detail={"is_active": [False, True]})
    return account


def _checked_new_address(email: str) -> str:
    address = normalise_email(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput.field("email", "An email address such as tom@clinic.example.") from error
    if User.objects.filter(email=address).exists():
        raise InvalidInput.field("email", "This address already has an account.", code="taken")
    return address


def _check_staff_role(role: str) -> None:
    if role not in STAFF_ROLES:
        raise InvalidInput.field("role", "One of owner, therapist and receptionist.", code="unknown_role")


@transaction_required
def _locked(user: User) -> tuple[User, bool]:
    """The account as it stands, locked, and whether it is the clinic's last open owner account.

    All owners are locked with it, in one order: of two who close each other's account only one succeeds.
    """
    is_owner = Q(role=Role.OWNER, is_active=True)
    rows = {row.pk: row for row in User.objects.select_for_update().filter(is_owner | Q(pk=user.pk)).order_by("pk")}
    owners = [row.pk for row in rows.values() if row.is_owner and row.is_active]
    return rows[user.pk], owners == [user.pk]


def _record_change(account: User, *, actor: User | None, detail: dict[str, object]) -> None:
    audit.record(Action.CHANGE, subject_type=_SUBJECT, subject_id=account.pk, actor=actor, detail=detail)
