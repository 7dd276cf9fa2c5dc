"""The demo clock moves the practice's time, and only in the demo."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from clinic.people import clock

pytestmark = pytest.mark.django_db


def test_the_clock_moves_forward_in_the_demo(settings: Settings) -> None:
    settings.DEMO = True
    later = clock.real_now() + timedelta(days=2)

    clock.move_to(later)

    assert abs(clock.now() - later) < timedelta(seconds=5)


def test_the_clock_never_moves_back(settings: Settings) -> None:
    settings.DEMO = True
    clock.move_to(clock.real_now() + timedelta(days=2))

    clock.move_to(clock.real_now() + timedelta(days=1))

    assert clock.now() - clock.real_now() > timedelta(days=1, hours=23)


def test_a_real_practice_keeps_real_time() -> None:
    clock.move_to(clock.real_now() + timedelta(days=2))

    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=5)
