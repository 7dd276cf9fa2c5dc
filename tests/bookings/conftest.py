"""What the tests of bookings share: the practice, and a clock that stands at NOW until a test moves it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from bookings.models import Service
from tests import cast, make


@pytest.fixture
def clock(db: None) -> Iterator[time_machine.Traveller]:
    """The real clock, held at NOW."""
    with time_machine.travel(cast.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def first(clock: time_machine.Traveller) -> Service:
    """The first session, offered by Clara and Dov every day from nine to five."""
    make.practice()
    make.help_numbers()
    offered = make.service()
    make.offers(cast.clara(), offered)
    make.offers(cast.dov(), offered)
    return offered


def press(browser: Browser, start: datetime, **asked: str) -> str:
    """Press a time; the address that the browser is sent to."""
    address = reverse("booking-times", query={"service": "first", **asked})
    response = browser.post(address, {"start": start.isoformat()})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


@pytest.fixture
def held(client: Browser, first: Service) -> str:
    """The details page of a time that this browser holds: next Monday at ten."""
    return press(client, make.TEN)
