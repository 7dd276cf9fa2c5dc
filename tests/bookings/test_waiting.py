"""What a client sees on the booking page while an answer waits for a person, and the way to what was agreed."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.people.models import Client
from intake import flagging
from intake.models import Flag
from tests import make
from tests.cast import NOW, clara, user_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(time_machine: TimeMachineFixture) -> str:
    """The page of Ada's booking."""
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()
    booking = make.booked()
    return reverse("booking-manage", args=[make.link_token("booking", Client.objects.get(), booking.code)])


def test_while_an_answer_waits_the_session_is_not_yet_confirmed(client: Browser, address: str) -> None:
    assert "Not yet confirmed" not in client.get(address).content.decode()
    [flag] = make.flags(Client.objects.get(), "c_aneurysm")

    page = client.get(address).content.decode()
    assert "Not yet confirmed" in page
    assert 'href="tel:02079460000"' in page
    assert "neurysm" not in page

    flagging.decide(
        flag=Flag.objects.get(code=flag.code), decision="go_ahead", reason="Fine.", by=user_of(clara()), now=NOW
    )
    assert "Not yet confirmed" not in client.get(address).content.decode()


def test_the_booking_leads_to_what_was_agreed(client: Browser, address: str) -> None:
    assert "Change where touch is all right" in client.get(address).content.decode()

    answer = client.post(address + "questions/", {"choices": "1"})

    assert answer["Location"].endswith("/choices/")
    assert "Where touch is all right" in client.get(answer["Location"]).content.decode()
