"""The database's own refusal of overlaps: there after every migrate, and nothing runs without it.

PostgreSQL has two exclusion constraints. SQLite has triggers that say the same; a migration that rebuilds the table
drops them silently, so they are put back after each migrate and looked for by a system check.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate

from bookings.constraints import PostgresExclusion
from bookings.models import Booking

OVERLAP = "bk_no_overlap"  # also the beginning of the room's: whoever sees it knows the time is taken
TABLE = Booking._meta.db_table
TRIGGERS = {
    f"{OVERLAP}_{column}_{event.split()[0].lower()}": (column, event)
    for column in ("practitioner", "room")
    for event in ("INSERT", "UPDATE OF practitioner_id, room_id, status, busy_from, busy_until")
}
SQL = """
CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table}
WHEN NEW.status NOT IN ('cancelled', 'missed') AND NEW.{column}_id IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, '{name}') WHERE EXISTS (
    SELECT 1 FROM {table} other
    WHERE other.{column}_id = NEW.{column}_id AND other.status NOT IN ('cancelled', 'missed')
      AND other.code IS NOT NEW.code AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until);
END
"""


def watch(app: AppConfig) -> None:
    """Called once at start."""
    post_migrate.connect(restore_after_migrate, sender=app)
    checks.register(guard_is_there, checks.Tags.database)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put back whatever of the guard is missing."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name, (column, event) in TRIGGERS.items():
                cursor.execute(SQL.format(name=name, column=column, event=event, table=TABLE))
        return
    gone = missing(connection)
    with connection.schema_editor() as editor:
        for constraint in exclusions():
            if constraint.name in gone:
                editor.add_constraint(Booking, constraint)


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the guard away: only for the tests that show what happens without it."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for name in TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    with connection.schema_editor() as editor:
        for constraint in exclusions():
            editor.remove_constraint(Booking, constraint)


def exclusions() -> list[PostgresExclusion]:
    return [each for each in Booking._meta.constraints if isinstance(each, PostgresExclusion)]


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The parts of the guard that the database does not have; nothing is missing before the table is there."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return []
        if connection.vendor == "sqlite":
            names = list(TRIGGERS)
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        else:
            names = [each.name for each in exclusions()]
            cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'x'", [TABLE])
        there = {row[0] for row in cursor.fetchall()}
    return [name for name in names if name not in there]


def restore_after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """After every migrate; the table may be gone when one migrates back to nothing."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        install(using)


def guard_is_there(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The system check: an Error, since two clients could otherwise be given one time."""
    return [
        checks.Error(
            f"The guard against double bookings is not complete: {', '.join(gone)} is missing.",
            hint="Run `manage.py migrate --skip-checks`: it puts the guard back.",
            id="bookings.E001",
        )
        for alias in databases or []
        if (gone := _missing_if_known(connections[alias]))
    ]


def _missing_if_known(connection: BaseDatabaseWrapper) -> list[str]:
    """A database that is away just now says nothing; a web process that starts meanwhile must not fall over."""
    try:
        return missing(connection)
    except OperationalError:
        return []
