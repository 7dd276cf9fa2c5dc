"""A reminder that waited for a person goes once the person has decided."""

from datetime import timedelta

import pytest

from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.services import sweep
from intake.models import Flag
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


def test_a_reminder_stopped_in_the_minute_before_the_sweep_is_revived_after_the_decision() -> None:
    make.practice()
    booking = make.booked(start=TEN)
    assert booking.client is not None
    sweep(now=NOW)
    make.flags(booking.client, "c_infection")
    Message.objects.exclude(kind="m03_expect").update(status=Message.Status.SENT, sent_at=NOW)
    when = TEN - timedelta(hours=48)

    drain(now=when)
    Flag.objects.update(state="decided", decided_at=when, decided_by=cast.olu())
    sweep(now=when + timedelta(hours=1))

    assert Message.objects.get(kind="m03_expect").status == Message.Status.QUEUED
