"""A database constraint that keeps time ranges of one owner apart, on PostgreSQL and on SQLite.

# Note [Two forms of one constraint]
PostgreSQL has exclusion constraints: `EXCLUDE USING gist`. SQLite has none, so there the rule is
a pair of AFTER triggers. They are attached while the table's own SQL is made, as deferred
`Statement` objects that hold `Table` references: every rebuild of the table (SQLite rebuilds it
for most ALTERs) makes them anew. Triggers made by `RunSQL` would vanish silently in a rebuild.

Because stored active rows never overlap, the one row with the greatest start below the new end
is the only one that can overlap the new row from the left or inside: one index probe.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, FloatField, Func, Model, Q
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler


class NoOverlap(BaseConstraint):
    """No two rows that meet `condition` and share `key` may overlap in [`starts`, `ends`).

    `key` names a foreign key or a plain column; `starts` and `ends` name datetime fields that are
    not null, with `starts < ends` held by a check constraint of the model.
    """

    def __init__(self, *, name: str, key: str, starts: str, ends: str, condition: Q) -> None:
        super().__init__(name=name, violation_error_code=name)
        self.key = key
        self.starts = starts
        self.ends = ends
        self.condition = condition

    # The stubs have these return str and take None; Django returns None or a Statement and never sends None.

    def constraint_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str | None:
        if schema_editor.connection.vendor == "postgresql":
            return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._exclude_sql(model, schema_editor)}"
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
            return None
        raise NotImplementedError(f"NoOverlap knows no {schema_editor.connection.vendor}.")

    def create_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement | None:
        if schema_editor.connection.vendor != "postgresql":
            return None  # SQLite rebuilds the table, which calls constraint_sql.
        table = Table(model._meta.db_table, schema_editor.quote_name)
        name = schema_editor.quote_name(self.name)
        return Statement(
            f"ALTER TABLE %(table)s ADD CONSTRAINT {name} {_escape(self._exclude_sql(model, schema_editor))}",
            table=table,
        )

    def remove_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement | None:
        if schema_editor.connection.vendor != "postgresql":
            return None  # SQLite rebuilds the table without the triggers.
        return Statement(
            f"ALTER TABLE %(table)s DROP CONSTRAINT {schema_editor.quote_name(self.name)}",
            table=Table(model._meta.db_table, schema_editor.quote_name),
        )

    def validate(
        self,
        model: type[Model],
        instance: Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Left to the database: only it can see what others write at the same time."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        kwargs = {
            "name": self.name,
            "key": self.key,
            "starts": self.starts,
            "ends": self.ends,
            "condition": self.condition,
        }
        return f"{type(self).__module__}.{type(self).__qualname__}", (), kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def _exclude_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        key, starts, ends = (schema_editor.quote_name(c) for c in self._columns(model))
        where = self._condition_sql(model, schema_editor)
        return f"EXCLUDE USING gist ({key} WITH =, tstzrange({starts}, {ends}) WITH &&) WHERE ({where})"

    def _triggers(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        columns = self._columns(model)
        key, starts, ends = (schema_editor.quote_name(c) for c in columns)
        # `UPDATE OF` lists the condition's columns too: reviving a row must be checked like a new one.
        watched = ", ".join(
            schema_editor.quote_name(c) for c in dict.fromkeys([*columns, *self._condition_columns(model)])
        )
        where = self._condition_sql(model, schema_editor)
        pk = schema_editor.quote_name(_column(model, model._meta.pk.name))
        # Every name in here is quoted by the schema editor; no value comes from outside.
        clash = (
            f"SELECT {ends} FROM @table@ WHERE {key} = NEW.{key} AND {starts} < NEW.{ends} "  # noqa: S608
            f"AND {pk} <> NEW.{pk} AND ({where}) ORDER BY {starts} DESC LIMIT 1"
        )
        is_active = f"EXISTS (SELECT 1 FROM @table@ WHERE {pk} = NEW.{pk} AND ({where}))"  # noqa: S608
        body = f"BEGIN SELECT RAISE(ABORT, '{self.name}') WHERE {is_active} AND ({clash}) > NEW.{starts}; END"
        body = _escape(body).replace("@table@", "%(table)s")
        table = Table(model._meta.db_table, schema_editor.quote_name)
        insert, update = (schema_editor.quote_name(f"{self.name}_{event}") for event in ("insert", "update"))
        return [
            Statement(f"CREATE TRIGGER {insert} AFTER INSERT ON %(table)s {body}", table=table),
            Statement(f"CREATE TRIGGER {update} AFTER UPDATE OF {watched} ON %(table)s {body}", table=table),
        ]

    def _columns(self, model: type[Model]) -> tuple[str, str, str]:
        return _column(model, self.key), _column(model, self.starts), _column(model, self.ends)

    def _condition_columns(self, model: type[Model]) -> list[str]:
        return [_column(model, name) for name in sorted(self.condition.referenced_base_fields)]

    def _condition_sql(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        query = Query(model, alias_cols=False)
        compiler = query.get_compiler(connection=schema_editor.connection)
        sql, params = query.build_where(self.condition).as_sql(compiler, schema_editor.connection)
        return str(sql % tuple(schema_editor.quote_value(p) for p in params))


class ElapsedDays(Func):
    """The days, as a fraction, from the first datetime to the second; usable in a check constraint.

    Plain SQL on both databases, so that rows can be written and dumps restored without Django.
    """

    arity = 2
    output_field = FloatField()

    def __init__(self, starts: str, ends: str) -> None:
        super().__init__(ends, starts)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="EXTRACT(EPOCH FROM %(expressions)s) / 86400.0",
            arg_joiner=" - ",
        )

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any) -> Any:
        return self.as_sql(
            compiler,
            connection,
            template="(julianday(%(expressions)s))",
            arg_joiner=") - julianday(",
        )


def _column(model: type[Model], field: str) -> str:
    return str(model._meta.get_field(field).column)  # type: ignore[union-attr]  # named fields are concrete


def _escape(sql: str) -> str:
    return sql.replace("%", "%%")


def violated_constraint(error: BaseException, *, using: str = DEFAULT_DB_ALIAS) -> str | None:
    """The name of the constraint an IntegrityError speaks of, or None where the database does not say.

    psycopg gives the name itself; SQLite gives the text of the trigger or of the failed check.
    """
    cause = error.__cause__
    if connections[using].vendor == "postgresql":
        diagnosis = getattr(cause, "diag", None)
        return getattr(diagnosis, "constraint_name", None)
    text = str(error)
    return text.removeprefix("CHECK constraint failed: ") or None
