"""What the tests after a session share."""

import pytest

from aftercare.access import Session
from tests import make


@pytest.fixture(autouse=True)
def practice(request: pytest.FixtureRequest) -> None:
    """The practice with its numbers, for tests that use the database."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        make.practice()
        make.help_numbers()


@pytest.fixture
def session(db: None, practice: None) -> Session:
    """Ada's session with Clara, 10:00 to 11:00; she agreed to touch everywhere."""
    made = make.session()
    make.touch_map(made.client)
    return made
