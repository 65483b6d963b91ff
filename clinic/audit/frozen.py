"""A database constraint that keeps columns of a row as they are, on PostgreSQL and on SQLite.

A BEFORE UPDATE trigger compares old and new values. It holds against every writer who goes through
the table, raw SQL included; only someone who may drop triggers gets past it, and for those there
are the audit chain and the digests. It does not forbid DELETE: disposal after the retention period
is lawful, and what was removed against the rules is found by the audit chain.

How the trigger survives SQLite's table rebuilds is told in `clinic.constraints`,
Note [Two forms of one constraint].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, Model

_REFUSE: Final = "clinic_refuse_change"
# Says the trigger's name as a violated check would, so `violated_constraint` finds it.
_REFUSING_FUNCTION: Final = (
    f"CREATE OR REPLACE FUNCTION {_REFUSE}() RETURNS trigger LANGUAGE plpgsql AS $refuse$ BEGIN "
    "RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = TG_NAME, CONSTRAINT = TG_NAME; "
    "END $refuse$; "
)


class Frozen(BaseConstraint):
    """`fields` of a row never change; with `when`, only once the row has these values."""

    def __init__(self, *, name: str, fields: Sequence[str], when: Mapping[str, str] | None = None) -> None:
        super().__init__(name=name, violation_error_code=name)
        self.fields = tuple(fields)
        self.when = dict(when or {})

    def constraint_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> None:  # type: ignore[override]  # as Django calls it; the stubs say otherwise
        schema_editor.deferred_sql.append(self._trigger(model, schema_editor))

    def create_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> Statement | None:  # type: ignore[override]  # as Django calls it; the stubs say otherwise
        if schema_editor.connection.vendor == "sqlite":
            return None  # SQLite rebuilds the table, which calls constraint_sql.
        return self._trigger(model, schema_editor)

    def remove_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> Statement | None:  # type: ignore[override]  # as Django calls it; the stubs say otherwise
        if schema_editor.connection.vendor == "sqlite":
            return None  # SQLite rebuilds the table without the trigger.
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return Statement(f"DROP TRIGGER {schema_editor.quote_name(self.name)} ON %(table)s", table=table)

    def validate(self, model: type[Model], instance: Model, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Left to the database: it knows the old values."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        kwargs: dict[str, Any] = {"name": self.name, "fields": self.fields}
        if self.when:
            kwargs["when"] = self.when
        return f"{type(self).__module__}.{type(self).__qualname__}", (), kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def _trigger(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> Statement:
        vendor = schema_editor.connection.vendor
        if vendor not in {"postgresql", "sqlite"}:
            raise NotImplementedError(f"Frozen knows no {vendor}.")
        name = schema_editor.quote_name(self.name)
        differs = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
        condition = self._condition(model, schema_editor, differs).replace("%", "%%")
        head = f"CREATE TRIGGER {name} BEFORE UPDATE ON %(table)s FOR EACH ROW WHEN ({condition})"
        if vendor == "postgresql":
            sql = f"{_REFUSING_FUNCTION}{head} EXECUTE FUNCTION {_REFUSE}()"
        else:
            sql = f"{head} BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        return Statement(sql, table=Table(model._meta.db_table, schema_editor.quote_name))

    def _condition(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, differs: str) -> str:
        def column(field: str) -> str:
            return schema_editor.quote_name(str(model._meta.get_field(field).column))  # type: ignore[union-attr]  # named fields are concrete

        changed = " OR ".join(f"OLD.{column(f)} {differs} NEW.{column(f)}" for f in self.fields)
        applies = [f"OLD.{column(f)} = {schema_editor.quote_value(value)}" for f, value in self.when.items()]
        return " AND ".join([*applies, f"({changed})"])
