"""`plan` and `reconcile_outbox`: what is planned about a booking and why, and whether the outbox holds just that."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from time_machine import TimeMachineFixture

from clinic.outbox.models import Message
from clinic.outbox.services import sweep
from tests import make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()


def say(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_plan_of_a_booking_names_each_letter_and_its_reason() -> None:
    booking = make.booked(start=NOW + timedelta(days=4))
    sweep(now=NOW)

    lines = say("plan", str(booking.code)).splitlines()

    kinds = [line.split()[3] for line in lines]
    assert {"m03_expect", "m04_tomorrow", "m10_after", "m11_morning", "m12_checkin", "m13_week"} <= set(kinds)
    assert all("queued" in line for line in lines if "m1" in line)


def test_a_booking_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match="There is no booking"):
        say("plan", str(uuid4()))


def test_reconciling_finds_what_was_taken_away_and_mends_it() -> None:
    make.booked(start=NOW + timedelta(days=4))
    sweep(now=NOW)
    Message.objects.filter(kind="m10_after").delete()

    with pytest.raises(SystemExit):
        say("reconcile_outbox")
    assert "0 missing, 0 extra" in say("reconcile_outbox", "--fix")
    assert Message.objects.filter(kind="m10_after").count() == 1
