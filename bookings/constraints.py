"""What the database forbids of a booking; overlaps on PostgreSQL here, on SQLite by triggers (see guards)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, CheckConstraint, F, Func, Q


class TsTzRange(Func):
    """The busy time as a range that PostgreSQL can compare."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class PostgresExclusion(ExclusionConstraint):
    """Django would write EXCLUDE into SQLite's SQL too, and break there."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().constraint_sql(model, schema_editor) if _is_postgres(schema_editor) else None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().create_sql(model, schema_editor) if _is_postgres(schema_editor) else None

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return super().remove_sql(model, schema_editor) if _is_postgres(schema_editor) else None

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        if connections[using].vendor == "postgresql":
            super().validate(model, instance, exclude=exclude, using=using)


def _is_postgres(schema_editor: BaseDatabaseSchemaEditor) -> bool:
    return schema_editor.connection.vendor == "postgresql"


FOR_BOOKINGS: list[BaseConstraint] = [
    CheckConstraint(
        condition=Q(ends_at__gt=F("starts_at"), busy_from__lte=F("starts_at"), busy_until__gte=F("ends_at")),
        name="bk_times_in_order",
    ),
    CheckConstraint(condition=~Q(status="held") | Q(hold_until__isnull=False, client=None), name="bk_a_hold_ends"),
    CheckConstraint(
        condition=Q(status__in=["held", "cancelled"]) | Q(client__isnull=False, booked_at__isnull=False),
        name="bk_a_booking_has_a_client",
    ),
    CheckConstraint(condition=~Q(status="cancelled") | Q(cancelled_at__isnull=False), name="bk_cancelled_has_a_time"),
    PostgresExclusion(
        name="bk_no_overlap",
        expressions=[
            ("practitioner", RangeOperators.EQUAL),
            (TsTzRange("busy_from", "busy_until", RangeBoundary()), RangeOperators.OVERLAPS),
        ],
        condition=~Q(status__in=["cancelled", "missed"]),
    ),
    PostgresExclusion(
        name="bk_no_overlap_room",
        expressions=[
            ("room", RangeOperators.EQUAL),
            (TsTzRange("busy_from", "busy_until", RangeBoundary()), RangeOperators.OVERLAPS),
        ],
        condition=~Q(status__in=["cancelled", "missed"]) & Q(room__isnull=False),
    ),
]
