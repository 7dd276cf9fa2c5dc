"""A letter that a person kept back goes when it is released, however it was kept back and whatever her name is now."""

import pytest

from aftercare import services as aftercare
from aftercare.access import Session
from clinic.outbox.models import Message
from clinic.people.models import User
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db
KIND = "m10_after"


@pytest.fixture
def session() -> Session:
    make.practice()
    found = make.session()
    make.touch_map(found.client)
    return found


@pytest.fixture
def clara() -> User:
    return cast.user_of(cast.clara())


def test_held_then_skipped_then_released(session: Session, clara: User) -> None:
    for change in ("hold", "skip"):
        aftercare.keep_back(session=session, kind=KIND, change=change, by=clara, now=NOW)

    aftercare.release(session=session, kind=KIND, by=clara, now=NOW)

    assert Message.objects.get(kind=KIND).status == Message.Status.QUEUED


def test_released_after_the_one_who_held_it_changed_her_name(session: Session, clara: User) -> None:
    aftercare.keep_back(session=session, kind=KIND, change="hold", by=clara, now=NOW)
    clara.name = "Clara White"
    clara.save()

    aftercare.release(session=session, kind=KIND, by=clara, now=NOW)

    assert Message.objects.get(kind=KIND).status == Message.Status.QUEUED
