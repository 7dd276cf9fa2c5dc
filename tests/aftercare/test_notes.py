"""The page of notes behind the link: in full, for this session, and only with the link."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import travel

from aftercare import services
from aftercare.access import Session
from clinic.people import links
from clinic.people.models import Link
from tests import make
from tests.aftercare.words import record, written
from tests.cast import NOW, ben, clara

ENDS = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def at_the_end():  # type: ignore[no-untyped-def]
    with travel(ENDS, tick=False):
        yield


def close(session: Session) -> None:
    user = clara().user
    assert user is not None
    content = record(areas=("jaw_outside",), leave_check=(*record().leave_check, "not_driving"))
    services.save_record(session=session, content=content, version=0, by=user, now=ENDS)
    services.close_record(session=session, version=1, by=user, now=ENDS)


def test_the_link_in_the_letter_opens_the_paragraphs_for_this_session(session: Session) -> None:
    make.flags(session.client, "p_fluid_limit", "p_mobility_aid", "p_bp_meds")
    close(session)
    text = written("m10_after", session.booking.code, ENDS).text

    page = Browser().get(f"/n/{text.split('/n/')[1].split('/')[0]}/").text

    assert "Your notes from Monday 1 February" in page
    assert "Please keep to the drinks plan your care team gave you." in page
    assert "march your feet in the chair" in page
    assert "Soft foods" not in page
    assert "Give your jaw a rest today." in page
    assert "<li>Chest pain or trouble breathing.</li>" in page
    assert "Call 999 now" in page
    assert "{" not in page.split("<main")[1].split("</main>")[0]


def test_opening_it_changes_nothing(session: Session, django_assert_num_queries: object) -> None:
    close(session)
    token = mint(session)
    before = Link.objects.count()

    Browser().get(reverse("aftercare-notes", args=[token]))

    assert Link.objects.count() == before


def test_without_a_signed_record_there_is_no_page(session: Session) -> None:
    assert Browser().get(reverse("aftercare-notes", args=[mint(session)])).status_code == 404


def test_a_link_of_another_client_opens_nothing(session: Session) -> None:
    close(session)
    token = links.mint(
        purpose=Link.Purpose.NOTES,
        client=ben(),
        about=session.booking.code,
        now=ENDS,
        expires_at=ENDS + timedelta(days=1),
    )

    assert Browser().get(reverse("aftercare-notes", args=[token])).status_code == 404


def test_it_cannot_be_posted_to(session: Session) -> None:
    close(session)

    assert Browser().post(reverse("aftercare-notes", args=[mint(session)])).status_code == 405


def mint(session: Session) -> str:
    return links.mint(
        purpose=Link.Purpose.NOTES,
        client=session.client,
        about=session.booking.code,
        now=ENDS,
        expires_at=ENDS + timedelta(days=1),
    )
