"""The audit trail: written once, chained, and every change to it is named."""

from datetime import timedelta

import pytest
from django.db import connection

from clinic.people import audit
from clinic.people.models import AuditEvent
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=9)


def three_events() -> list[AuditEvent]:
    ada = cast.ada()
    for number in range(3):
        audit.record(
            actor=cast.olu(), verb="viewed", about=ada, client=ada, fields=["name"], now=NOW + timedelta(number)
        )
    return list(AuditEvent.objects.all())


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_tick_chains_what_was_written() -> None:
    three_events()

    assert audit.chain(now=LATER) == 3
    assert audit.chain(now=LATER) == 0
    assert audit.broken() == []


def test_a_chain_goes_on_where_it_ended() -> None:
    three_events()
    audit.chain(now=LATER)
    three_events()
    audit.chain(now=LATER)

    assert audit.broken() == []


def test_a_row_that_may_be_overtaken_waits() -> None:
    ada = cast.ada()
    audit.record(actor=None, verb="viewed", about=ada, client=ada, now=NOW)

    assert audit.chain(now=NOW + timedelta(seconds=119)) == 0
    assert audit.chain(now=NOW + timedelta(seconds=120)) == 1


def test_a_changed_row_is_named() -> None:
    second = three_events()[1]
    audit.chain(now=LATER)
    sql(f"UPDATE people_auditevent SET verb = 'nothing' WHERE number = {second.number}")

    assert audit.broken() == [second.number]


def test_a_removed_row_is_noticed_at_its_successor() -> None:
    _, second, third = three_events()
    audit.chain(now=LATER)
    sql(f"DELETE FROM people_auditevent WHERE number = {second.number}")

    assert audit.broken() == [third.number]


def test_the_application_cannot_change_a_row() -> None:
    event = three_events()[0]
    event.verb = "nothing"

    with pytest.raises(TypeError):
        event.save()
