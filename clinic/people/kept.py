"""Statements that are put together once and run many times: for Django to put them together costs more than the run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet, UUIDField
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
ANY = UUID(int=0)  # stands for the code that is asked for
INSERT = "INSERT INTO {table} ({columns}) VALUES ({values})"


class Kept(Generic[M]):
    """A query of rows by one code, and of what it joins; each thread keeps its own, as it has its own connection."""

    def __init__(self, ask: Callable[[UUID], QuerySet[M]]) -> None:
        """`ask` puts the query together; it may use the code that it gets nowhere but as a value to compare with."""
        self._ask = ask
        self._kept = threading.local()

    def first(self, code: UUID) -> M | None:
        return next(iter(self.all(code)), None)

    def all(self, code: UUID) -> list[M]:
        if not hasattr(self._kept, "plan"):
            self._kept.plan = _Plan(self._ask(ANY))
        return list(self._kept.plan.rows(code))


def insert(row: Model) -> None:
    """Store a new row as it is: no signal is sent, and nothing that only the database knows is filled in."""
    values = [each.get_db_prep_save(getattr(row, each.attname), connection) for each in row._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(type(row)), values)


@cache
def _insertion(model: type[Model]) -> str:
    columns = [str(each.column) for each in model._meta.concrete_fields]
    values = ", ".join(["%s"] * len(columns))
    return INSERT.format(table=model._meta.db_table, columns=", ".join(columns), values=values)


class _Plan:
    """The statement, and how its rows become objects: what Django's own iteration works out anew every time."""

    def __init__(self, query: QuerySet[Any]) -> None:
        self.compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.values = self.compiler.as_sql()
        select, info = self.compiler.select, self.compiler.klass_info
        own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.model, self.own, self.names = query.model, own, [column[0].target.attname for column in select[own]]
        self.related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # Django 6's stubs
        self.converters = self.compiler.get_converters([column[0] for column in select])
        self.any = self._stored(ANY)

    def rows(self, code: UUID) -> Iterator[Any]:
        for row in self._read(code):
            found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
            for each in self.related:
                each.populate(row, found)
            yield found

    def _read(self, code: UUID) -> Iterator[Sequence[Any]]:
        wanted = self._stored(code)
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [wanted if value == self.any else value for value in self.values])
            read: Iterator[Sequence[Any]] = iter(cursor.fetchall())
        return self.compiler.apply_converters(read, self.converters) if self.converters else read

    def _stored(self, code: UUID) -> Any:
        return UUIDField().get_db_prep_value(code, connection)
