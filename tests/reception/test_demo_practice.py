"""The demo practice: on any day of the week it has sessions and forms at every stage, and every letter in its place."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings
from time_machine import TimeMachineFixture

from bookings.models import Booking
from clinic.outbox.models import Message
from clinic.outbox.services import differences
from clinic.people.models import Practitioner, User
from intake.access import form_state
from reception import story
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # both databases load it for the tests with real processes


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("days", [0, 5, 6], ids=["monday", "saturday", "sunday"])
def test_every_stage_is_there_on_any_day(time_machine: TimeMachineFixture, days: int) -> None:
    now = NOW + timedelta(days=days)
    time_machine.move_to(now, tick=False)

    call_command("load_demo", verbosity=0)

    bookings = Booking.objects.of_clients()
    forms = form_state(bookings.values_list("code", flat=True))
    assert Counter(booking.status for booking in bookings) == {
        "booked": 8,
        "completed": 4,
        "arrived": 1,
        "cancelled": 1,
        "missed": 1,
    }
    assert set(forms.values()) == {"none", "asked", "started", "sent", "read"}
    assert not Message.objects.filter(status__in=["failed", "missed", "withheld"]).exists()
    assert sessions_on(now) == 2


@pytest.mark.usefixtures("demo")
def test_nothing_is_missing_or_extra_and_a_second_load_changes_nothing(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    call_command("load_demo", verbosity=0)
    before = Message.objects.count()

    call_command("load_demo", verbosity=0)

    found = differences(now=NOW)
    assert (found.missing, found.extra, Message.objects.count()) == ([], [], before)


@pytest.mark.usefixtures("demo")
def test_the_three_practitioners_and_the_desk_can_sign_in(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    call_command("load_demo", verbosity=0)

    assert Counter(User.objects.values_list("role", flat=True)) == {"owner": 1, "practitioner": 3, "front_desk": 1}
    assert Practitioner.objects.filter(user=None).count() == 0


def test_a_real_practice_is_not_filled_with_examples() -> None:
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("load_demo")


def test_a_stage_includes_those_before_it() -> None:
    visit = story.Visit({"until": "closed"}, NOW.date())

    assert [visit.reaches(stage) for stage in ("booked", "closed", "answered")] == [True, True, False]


def sessions_on(now: datetime) -> int:
    day = now.date()
    return Booking.objects.of_clients().filter(starts_at__date=day).count()
