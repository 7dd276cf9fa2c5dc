"""From booking to the letter a week later, without a browser, on the real processes: web, worker and beat."""

import pytest

from tests.serving import site
from tests.walking.path import walk
from tests.walking.visitor import Visitor

pytestmark = pytest.mark.processes


def test_a_booking_becomes_a_session_and_every_promised_letter() -> None:
    with site() as practice:
        walk(practice, Visitor(practice.url), Visitor(practice.url), email="nora@example.org")
