"""Two clients become one: everything moves, sealed anew; or nothing does, with the reason."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from aftercare import access as records
from aftercare import services as aftercare
from aftercare.record import Record
from bookings.door import Refused
from bookings.models import Booking
from bookings.said import NOTE, REASON, note_of, reason_of
from clinic.outbox.draining import copy_of
from clinic.outbox.models import Message
from clinic.people import profile, sealing
from clinic.people.matching import find_or_create_client
from clinic.people.models import AuditEvent, CareLink, Client, Link, Merge
from intake import consents, documents
from intake.models import Consent, Flag, Request, Response, Score
from reception.merging import WORDS, belongings, merge
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        make.practice()
        make.help_numbers()
        yield


@pytest.fixture
def kept() -> Client:
    return cast.ada()


@pytest.fixture
def gone(kept: Client) -> Client:
    """Ada booked again as Ada B."""
    return find_or_create_client(name="Ada B", email="ada@example.org", phone="020 7946 0001", now=NOW)


def together(kept: Client, gone: Client) -> Client:
    return merge(kept=kept, gone=gone, actor=cast.olu(), now=NOW)


def test_sessions_care_links_and_profile_move_and_the_other_row_is_gone(kept: Client, gone: Client) -> None:
    booking = make.booking(gone)
    cast.treats(cast.dov(), gone)
    token = make.link_token(Link.Purpose.BOOKING, gone, booking.code)
    profile.write(kept, {"doctor": "Dr Ng"})
    profile.write(gone, {"doctor": "Dr No", "birth_date": "1984-03-27"})
    together(kept, gone)

    assert not Client.objects.filter(code=gone.code).exists()
    assert Booking.objects.get().client == kept
    assert CareLink.objects.filter(client=kept, practitioner=cast.dov()).exists()
    fresh = Client.objects.get(code=kept.code)
    assert profile.read(fresh) == {"doctor": "Dr Ng", "birth_date": "1984-03-27"}
    assert (fresh.phone, fresh.email) == ("020 7946 0001", "ada@example.org")
    assert Browser().get(reverse("booking-manage", args=[token])).status_code == 200
    assert AuditEvent.objects.get(verb="merged").client_code == kept.code


def test_answers_flags_and_requests_open_with_the_kept_key(kept: Client, gone: Client) -> None:
    response = make.answered(gone, "jaw", {"jaw_click": "some_days"})
    flag = make.flags(gone, "c_jaw_locked")[0]
    together(kept, gone)

    response, flag = Response.objects.get(code=response.code), Flag.objects.get(code=flag.code)
    assert {response.client, flag.client, response.request.client} == {kept}
    assert documents.read(response)["answers"] == {"jaw_click": "some_days"}
    assert documents.read(flag)["id"] == "c_jaw_locked"
    assert documents.read(response.request) == {"reasons": []}
    assert not Request.objects.filter(client_id=gone.code).exists()


def test_the_newer_of_two_consents_counts(kept: Client, gone: Client) -> None:
    make.touch_map(kept, default="yes")
    later = NOW + timedelta(hours=1)
    consents.give(client=gone, asked=None, kind=Consent.Kind.TOUCH, text=["Touch"], answer={"head": "no"}, now=later)
    together(kept, gone)

    live = Consent.objects.get(kind="touch", withdrawn_at=None)
    assert documents.read(live)["answer"] == {"head": "no"}
    assert Consent.objects.filter(client=kept, kind="touch").count() == 2


def test_imported_notes_open_with_the_kept_key(kept: Client, gone: Client) -> None:
    booking = make.booking(gone)
    booking.sealed_note = sealing.seal(gone, NOTE, booking.code, "Prefers the left side")
    booking.sealed_reason = sealing.seal(gone, REASON, booking.code, "unwell")
    booking.save()
    together(kept, gone)

    moved = Booking.objects.get()
    assert (note_of(moved), reason_of(moved)) == ("Prefers the left side", "unwell")


def test_letters_keep_their_exact_copies(kept: Client, gone: Client) -> None:
    letter = make.message("m00_booked", client=gone)
    letter.status = Message.Status.SENT
    words = {"to": "ada@example.org", "subject": "Hello", "text": "Word for word", "html": "<p>Word for word</p>"}
    letter.sealed_copy = sealing.seal(gone, "outbox.copy", letter.code, words)
    letter.save()
    together(kept, gone)

    letter = Message.objects.get(code=letter.code)
    assert letter.client == kept
    assert copy_of(letter) == words


def test_signed_records_stay_word_for_word(kept: Client, gone: Client) -> None:
    session = make.session(client=gone, status="arrived", starts_at=NOW - timedelta(hours=2))
    row = aftercare.open_record(session=session, by=cast.olu(), now=NOW)
    row = aftercare.save_record(session=session, content=Record(), version=row.version, by=cast.olu(), now=NOW)
    before = records.read(row)
    together(kept, gone)

    found = records.record_row(make.find_session(session.booking.code))
    assert found is not None
    assert found.client == kept
    assert records.read(found) == before


def test_the_more_careful_wish_counts(kept: Client, gone: Client) -> None:
    Client.objects.filter(code=kept.code).update(wants_aftercare=True, wants_email_detail=True)
    Client.objects.filter(code=gone.code).update(wants_aftercare=False, may_email=False, letters_paused_at=NOW)
    together(kept, gone)

    fresh = Client.objects.get(code=kept.code)
    assert (fresh.wants_aftercare, fresh.wants_email_detail, fresh.may_email) == (False, False, False)
    assert fresh.letters_paused_at == NOW


def test_a_letter_that_is_leaving_stops_the_merge_and_nothing_moves(kept: Client, gone: Client) -> None:
    booking = make.booking(gone)
    letter = make.message("m00_booked", client=gone, about=booking.code)
    Message.objects.filter(code=letter.code).update(status="sending", lease=uuid4())
    with pytest.raises(Refused, match="leaving at this moment"):
        together(kept, gone)

    assert Booking.objects.get().client == gone
    assert not AuditEvent.objects.filter(verb="merged").exists()


def test_an_erased_client_cannot_be_merged(kept: Client, gone: Client) -> None:
    Client.objects.filter(code=gone.code).update(wrapped_key=b"")
    with pytest.raises(Refused, match="can no longer be read"):
        together(kept, gone)
    assert Client.objects.filter(code=gone.code).exists()


def test_a_client_is_not_merged_with_herself(kept: Client) -> None:
    with pytest.raises(Refused, match="same client already"):
        together(kept, kept)


# --- the pages ---------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Browser) -> Browser:
    client.force_login(cast.olu())
    return client


def test_the_owner_merges_after_choosing_and_ticking(desk: Browser, kept: Client, gone: Client) -> None:
    page = reverse("desk-duplicate", args=[gone.code])
    assert page in desk.get(reverse("desk-duplicates")).content.decode()
    assert "For 14 days you can take it back" in desk.get(page).content.decode()

    make.booked(client_name="Ada Byron")
    html = desk.get(page).content.decode()
    found = dict(belongings(kept, gone))
    assert all(f'<th scope="row">{words}</th>' in html for words in found)
    assert found["Sessions"] == [kept.bookings.count(), gone.bookings.count()]
    assert set(WORDS) == {each.related_model for each in Client._meta.related_objects} - {Client, Score, Merge}

    html = desk.post(page, {"stays": str(kept.code)}).content.decode()
    assert "Tick the box" in html
    assert Client.objects.filter(code=gone.code).exists()
    assert "Choose which one stays." in desk.post(page, {"sure": "on"}).content.decode()

    response = desk.post(page, {"stays": str(gone.code), "sure": "on"})
    assert response["Location"] == reverse("desk-client", args=[gone.code])
    assert not Client.objects.filter(code=kept.code).exists()


def test_two_people_who_share_an_address_leave_the_list(desk: Browser, kept: Client, gone: Client) -> None:
    two_people = reverse("desk-two-people", args=[gone.code])
    desk.post(two_people)

    page = desk.get(reverse("desk-duplicates")).content.decode()
    assert ("None." in page, "Two people" in page, two_people in page) == (True, True, True)
    assert Client.objects.count() == 2
    assert desk.get(reverse("desk-duplicate", args=[gone.code])).status_code == 404
    assert "Possible duplicate" not in desk.get(reverse("desk-client", args=[gone.code])).content.decode()

    desk.post(two_people, {"do": "restore"})
    page = desk.get(reverse("desk-duplicates")).content.decode()
    assert reverse("desk-duplicate", args=[gone.code]) in page
    assert "Possible duplicate" in desk.get(reverse("desk-client", args=[gone.code])).content.decode()
    assert AuditEvent.objects.filter(fields=["told_apart_at"]).count() == 2


def test_the_list_takes_as_many_queries_for_one_pair_as_for_three(
    desk: Browser, kept: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        find_or_create_client(name=f"Ada {number}", email="ada@example.org", now=NOW)
        with django_assert_num_queries(7):
            desk.get(reverse("desk-duplicates"))


@pytest.mark.parametrize("who", ["fay", "clara"])
def test_only_the_owner_merges(client: Browser, kept: Client, gone: Client, who: str) -> None:
    client.force_login(cast.fay() if who == "fay" else cast.user_of(cast.clara()))

    assert client.get(reverse("desk-duplicates")).status_code == 404
    assert client.post(reverse("desk-duplicate", args=[gone.code]), {"sure": "on"}).status_code == 404
    assert client.post(reverse("desk-two-people", args=[gone.code])).status_code == 404
