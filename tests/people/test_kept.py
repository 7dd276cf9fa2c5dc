"""Kept statements: the same rows as Django reads and stores, in one statement that is put together once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from bookings.access import WITH, WITH_CODE
from bookings.models import Booking, Room
from clinic.people.kept import Kept, insert
from clinic.people.models import Client, Link
from intake.facts import FLAGS, NO_LONGER
from intake.models import Flag
from tests import make
from tests.cast import NOW, ada, ben

pytestmark = pytest.mark.django_db


def _fields(row: Any) -> dict[str, object] | None:
    return row and {name: value for name, value in vars(row).items() if name != "_state"}


def test_a_booking_and_all_that_it_joins_are_as_django_reads_them() -> None:
    make.booking(room=Room.objects.create(name="Garden", slug="garden"))
    make.booking(status=Booking.Status.HELD, starts_at=NOW + timedelta(days=9))
    for usual in Booking.objects.select_related(*WITH):
        with CaptureQueriesContext(connection) as asked:
            kept = WITH_CODE.first(usual.code)
            assert kept is not None
            joined = [_fields(getattr(kept, name)) for name in WITH]
        assert len(asked) == 1
        assert (_fields(kept), joined) == (_fields(usual), [_fields(getattr(usual, name)) for name in WITH])
        assert not kept._state.adding


def test_only_the_rows_of_this_code_are_found() -> None:
    for state in (Flag.State.OPEN, Flag.State.WITHDRAWN, Flag.State.SUPERSEDED):
        make.flags(ada(), "p_position", state=state)
    make.flags(ben(), "p_position")
    for client in (ada(), ben()):
        usual = Flag.objects.filter(client=client).exclude(state__in=NO_LONGER)
        assert [_fields(each) for each in FLAGS.all(client.code)] == [_fields(each) for each in usual]
    assert (FLAGS.all(uuid4()), WITH_CODE.first(uuid4())) == ([], None)


def test_it_is_put_together_once() -> None:
    made: list[object] = []

    def ask(code: UUID) -> QuerySet[Client]:
        made.append(code)
        return Client.objects.filter(code=code)

    kept = Kept(ask)
    assert [kept.first(ada().code), kept.first(uuid4()), kept.first(ada().code)] == [ada(), None, ada()]
    assert len(made) == 1


def test_a_row_is_stored_as_django_stores_it() -> None:
    row = Link(purpose="booking", digest=b"d" * 32, client=ada(), about=uuid4(), created_at=NOW, expires_at=NOW)
    with CaptureQueriesContext(connection) as asked:
        insert(row)
    assert len(asked) == 1
    stored = Link.objects.get(code=row.code)
    assert {**vars(stored), "digest": bytes(stored.digest), "_state": 0} == {**_plain(row), "_state": 0}


def _plain(row: Link) -> dict[str, object]:
    return {each.attname: getattr(row, each.attname) for each in Link._meta.concrete_fields}
