"""Making and editing clients' records, by staff and by the clients themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError

from clients.models import Client
from clients.selectors import get_rules
from clients.services.confirming import judge_address
from clients.services.locking import locked_client
from clients.services.matching import add_to_care_team
from clients.services.sign_in import ensure_account
from clinic.accounts.models import User, normalise_email
from clinic.accounts.roles import Role
from clinic.api.phones import to_e164
from clinic.audit import services as audit
from clinic.audit.models import Action
from clinic.errors import InvalidInput, StaleVersion
from clinic.transactions import owns_transaction

EDITABLE_BY_STAFF: Final = (
    *("first_name", "last_name", "preferred_name", "date_of_birth", "email", "phone", "address"),
    *("emergency_contact_name", "emergency_contact_phone", "gp_name", "gp_practice"),
    *("guardian_name", "guardian_phone", "guardian_relationship", "alert_line"),
)
# Names and date of birth are how the clinic knows whom it treats, and a new address has to be proved.
EDITABLE_BY_THE_CLIENT: Final = (
    *("preferred_name", "phone", "address", "emergency_contact_name", "emergency_contact_phone"),
    *("gp_name", "gp_practice"),
)
_PHONES: Final = frozenset({"phone", "emergency_contact_phone", "guardian_phone"})
_ONE_LINE: Final = frozenset(EDITABLE_BY_STAFF) - _PHONES - {"date_of_birth", "address"}
OLDEST_AGE: Final = 130  # nobody has lived longer; a typing error has


@owns_transaction()
def create_client(fields: Mapping[str, Any], *, actor: User, today: date) -> Client:
    """A new record, by staff. A therapist who makes one is in its care team at once.

    `fields` holds any of EDITABLE_BY_STAFF; `today` is the clinic's local date.
    Raises InvalidInput naming the fields.
    """
    client = Client()
    _fill(client, fields, EDITABLE_BY_STAFF, today)
    judge_address(client, actor=actor)
    client.save()
    if client.email:
        ensure_account(client.email)
    if actor.role == Role.THERAPIST:
        add_to_care_team(client, actor, actor=actor)
    audit.record(
        Action.CREATE,
        subject_type="client",
        subject_id=client.pk,
        actor=actor,
        client_id=client.pk,
        detail={"by": "staff"},
    )
    return client


def update_client(client_id: int, *, fields: Mapping[str, Any], version: int, actor: User, today: date) -> Client:
    """Change a record, by staff. `version` is the one the caller has read.

    A changed email address is unproved again, and no longer opens by the old one's account. One given by
    reception has to be confirmed: Note [Who decides who reads]. Raises NotFound, StaleVersion, InvalidInput
    naming the fields.
    """
    return _update(client_id, fields, EDITABLE_BY_STAFF, version=version, actor=actor, today=today)


def update_own_profile(client_id: int, *, fields: Mapping[str, Any], version: int, actor: User, today: date) -> Client:
    """Change what clients may change of their own records: EDITABLE_BY_THE_CLIENT. Raises as `update_client`."""
    return _update(client_id, fields, EDITABLE_BY_THE_CLIENT, version=version, actor=actor, today=today)


def check_fields(client: Client, fields: Mapping[str, Any], *, today: date) -> None:
    """Raise the InvalidInput that writing these fields by staff would raise. `client` is changed, and not saved."""
    _fill(client, fields, EDITABLE_BY_STAFF, today)


def age_on(day: date, *, born: date) -> int:
    """Whole years. Who was born on 29 February is a year older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@owns_transaction()
def _update(
    client_id: int, fields: Mapping[str, Any], editable: tuple[str, ...], *, version: int, actor: User, today: date
) -> Client:
    client = locked_client(client_id)
    if client.version != version:
        raise StaleVersion(version=client.version)
    before = {name: getattr(client, name) for name in editable}
    was_to_be_confirmed = client.email_needs_confirming
    _fill(client, fields, editable, today)
    changed = sorted(name for name, value in before.items() if value != getattr(client, name))
    if not changed:
        return client
    if "email" in changed:
        _start_anew_with_address(client, before["email"], actor=actor)
    client.version += 1
    client.save()
    detail: dict[str, object] = {"fields": changed}
    if client.email_needs_confirming != was_to_be_confirmed:
        detail["email_needs_confirming"] = client.email_needs_confirming
    audit.record(
        Action.CHANGE, subject_type="client", subject_id=client.pk, actor=actor, client_id=client.pk, detail=detail
    )
    return client


def _start_anew_with_address(client: Client, old: str, *, actor: User) -> None:
    """The new mailbox has to be proved; until then the old one's account no longer opens the record.

    The account of a parent, whose own address is another one, stays.
    """
    client.email_proved_at = None
    if client.user and client.user.email == old:
        client.user = None
    judge_address(client, actor=actor)
    if client.email:
        ensure_account(client.email)


def _fill(client: Client, fields: Mapping[str, Any], editable: tuple[str, ...], today: date) -> None:
    unknown = set(fields) - set(editable)
    if unknown:
        raise InvalidInput({name: [_error("not_editable", "This cannot be changed here.")] for name in sorted(unknown)})
    errors: dict[str, list[dict[str, str]]] = {}
    for name, value in fields.items():
        setattr(client, name, _tidied(name, value, errors))
    try:
        client.clean_fields(exclude=[field.name for field in Client._meta.get_fields() if field.name not in _CLEANED])
    except ValidationError as error:
        for name, problems in error.error_dict.items():
            errors.setdefault(name, [_error(e.code or "invalid", " ".join(e.messages)) for e in problems])
    errors |= _wrong_birth(client, today, errors)
    if errors:
        raise InvalidInput(errors)


_CLEANED: Final = frozenset(EDITABLE_BY_STAFF) - _PHONES


def _tidied(name: str, value: Any, errors: dict[str, list[dict[str, str]]]) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name in _PHONES and text:
        number = to_e164(text)
        if not number:
            errors[name] = [_error("invalid_phone", "This is not a telephone number.")]
        return number
    if name in _ONE_LINE and any(unicodedata.category(c) in {"Cc", "Zl", "Zp"} for c in text):
        errors[name] = [_error("not_one_line", "Please write this on one line.")]
    return normalise_email(text) if name == "email" else text


def _wrong_birth(client: Client, today: date, errors: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """What is wrong with a date of birth, or with a guardian it makes necessary."""
    born = client.date_of_birth
    if born is None or "date_of_birth" in errors:
        return {}
    if born > today:
        return {"date_of_birth": [_error("in_the_future", "A date of birth cannot be in the future.")]}
    age = age_on(today, born=born)
    if age > OLDEST_AGE:
        return {"date_of_birth": [_error("implausible", f"That would be an age of {age} years.")]}
    limit = get_rules().guardian_required_under_age
    if age < limit and not client.guardian_name:
        message = f"Under {limit} years of age a parent or guardian has to be named."
        return {"guardian_name": [_error("guardian_required", message)]}
    return {}


def _error(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}
