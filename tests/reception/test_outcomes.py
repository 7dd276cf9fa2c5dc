"""Scores over the courses of many clients: counts and means, and nobody who could be picked out."""

from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.people.matching import find_or_create_client, note_care
from clinic.people.models import Client
from intake import documents
from intake.models import Score
from intake.outcomes import outcomes
from tests import make
from tests.cast import NOW, clara, dov, fay, olu, user_of

pytestmark = pytest.mark.django_db
PROFILE = 0  # the general form's one score


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()


def courses(*values: tuple[str, ...]) -> None:
    """A client for each course, treated by Clara, with the profile score at these values, a month apart."""
    for number, course in enumerate(values):
        client = find_or_create_client(name=f"Client {number}", email=f"c{number}@example.org", now=NOW)
        note_care(client=client, practitioner=clara(), now=NOW)
        for month, value in enumerate(course):
            when = NOW + timedelta(days=30 * month)
            response = make.answered(client, "general", {}, now=when)
            row = Score(client=client, response=response, number=PROFILE, scored_at=when)
            documents.close(row, {"id": "gen_profile", "value": value or None}).save()


def test_five_courses_are_shown_as_counts_and_means() -> None:
    courses(*[("8.0", "4.0")] * 5, ("3.0",))  # who gave it once has no course

    [found] = outcomes(Client.objects.all())

    assert (found.label, found.clients, found.first, found.latest) == (
        "Personal profile",
        5,
        Decimal("8.0"),
        Decimal("4.0"),
    )
    assert (found.better, found.same, found.worse) == (5, 0, 0)


def test_fewer_than_five_are_not_shown() -> None:
    courses(*[("8.0", "4.0")] * 4)

    [found] = outcomes(Client.objects.all())

    assert (found.clients, found.first, found.latest, found.better) == (None, None, None, None)


def test_a_count_that_points_at_somebody_is_not_shown() -> None:
    courses(*[("8.0", "4.0")] * 5, ("4.0", "8.0"))

    [found] = outcomes(Client.objects.all())

    assert (found.clients, found.better, found.same, found.worse) == (6, None, None, None)


def test_the_page_makes_no_claims(client: Browser) -> None:
    courses(*[("8.0", "4.0")] * 5)
    client.force_login(olu())

    page = client.get(reverse("desk-outcomes")).content.decode()

    html5lib.HTMLParser(strict=True).parse(page)
    assert "Personal profile" in page
    assert "It does not show why it changed." in page
    assert "Client 0" not in page


def test_each_sees_only_their_own_clients_and_the_front_desk_nothing(client: Browser) -> None:
    courses(*[("8.0", "4.0")] * 5)

    client.force_login(user_of(dov()))
    assert "Nobody has given a score twice yet." in client.get(reverse("desk-outcomes")).content.decode()
    client.force_login(fay())
    assert client.get(reverse("desk-outcomes")).status_code == HTTPStatus.NOT_FOUND
