"""A merge taken back: every row of both as it was, or a refusal that changes nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from aftercare import services as aftercare
from bookings.door import Refused
from bookings.merging import resync
from bookings.models import Booking
from bookings.said import NOTE, note_of
from clinic.outbox.models import Declined, Message
from clinic.people import merging, profile, sealing
from clinic.people.matching import find_or_create_client
from clinic.people.models import AuditEvent, Client, Link, Merge
from clinic.people.tasks import forget_receipts
from intake import consents, documents
from intake.models import Consent, Flag
from reception.merging import merge
from reception.parting import CHANGED, TOO_LATE, lately, part, rows_of
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        make.practice()
        make.help_numbers()
        yield traveller


@pytest.fixture
def kept() -> Client:
    """Ada with a booking, answers, wishes and a consent."""
    make.booked(client_name="Ada Byron", start=TEN)
    make.answered(cast.ada(), "jaw", {"jaw_click": "some_days"})
    make.touch_map(cast.ada(), head="no")
    Declined.objects.create(client=cast.ada(), kind="m13_week", since=NOW)
    return cast.ada()


@pytest.fixture
def gone(kept: Client) -> Client:
    """Ada booked again as Ada B, and has everything that a client can have."""
    client = find_or_create_client(name="Ada B", email="ada@example.org", phone="020 7946 0001", now=NOW)
    profile.write(client, {"doctor": "Dr No", "birth_date": "1984-03-27"})
    client.save()
    booking = make.booking(client, cast.dov(), starts_at=TEN + 2 * DAY)
    booking.sealed_note = sealing.seal(client, NOTE, booking.code, "Prefers the left side")
    booking.save()
    cast.treats(cast.dov(), client)
    make.link_token(Link.Purpose.BOOKING, client, booking.code)
    make.flags(client, "c_jaw_locked")
    consents.give(
        client=client, asked=None, kind=Consent.Kind.TOUCH, text=["Touch"], answer={"head": "yes"}, now=NOW + DAY
    )
    past = make.session(client=client, status="arrived", starts_at=NOW - timedelta(hours=2))
    aftercare.open_record(session=past, by=cast.olu(), now=NOW)
    letter = make.message("m00_booked", client=client, about=booking.code)
    Message.objects.filter(code=letter.code).update(
        status="sent", sent_at=NOW, sealed_copy=sealing.seal(client, "outbox.copy", letter.code, {"text": "Hello"})
    )
    Declined.objects.create(client=client, kind="m11_morning", since=NOW)
    resync(client, now=NOW)
    return client


def together(kept: Client, gone: Client) -> Merge:
    merge(kept=kept, gone=gone, actor=cast.olu(), now=NOW)
    return Merge.objects.get()


def test_every_row_of_both_is_as_it_was(kept: Client, gone: Client) -> None:
    before = rows_of([kept, gone])
    assert {table.partition(".")[0] for table, _ in before} == {"people", "bookings", "intake", "aftercare", "outbox"}
    done = together(kept, gone)
    assert {key for key, row in rows_of([kept]).items() if before.get(key) != row}  # the control: much has changed

    back = part(merge=done, actor=cast.olu(), now=NOW + DAY)

    assert (back, back.name) == (gone, "Ada B")
    assert rows_of([kept, gone]) == before
    assert note_of(Booking.objects.get(client=gone, starts_at=TEN + 2 * DAY)) == "Prefers the left side"
    assert documents.read(Flag.objects.get(client=gone))["id"] == "c_jaw_locked"
    assert profile.read(back) == {"doctor": "Dr No", "birth_date": "1984-03-27"}
    assert not Merge.objects.exists()
    assert AuditEvent.objects.get(verb="parted").client_code == kept.code


def test_it_can_be_merged_the_other_way_then(kept: Client, gone: Client) -> None:
    before = rows_of([kept, gone])
    part(merge=together(kept, gone), actor=cast.olu(), now=NOW)
    done = together(gone, kept)
    assert not Client.objects.filter(code=kept.code).exists()
    part(merge=done, actor=cast.olu(), now=NOW)
    assert rows_of([kept, gone]) == before


@pytest.mark.parametrize("change", ["a letter left", "a new booking", "an answer", "another address"])
def test_once_something_has_changed_it_is_refused_and_nothing_moves(kept: Client, gone: Client, change: str) -> None:
    done = together(kept, gone)
    if change == "a letter left":
        Message.objects.filter(code=Message.objects.filter(client=kept, status="queued")[0].code).update(status="sent")
    elif change == "a new booking":
        make.booking(kept, starts_at=TEN + 5 * DAY)
    elif change == "an answer":
        make.answered(kept, "jaw", {"jaw_click": "most_days"})
    else:
        Client.objects.filter(code=kept.code).update(email="new@example.org")
    there = rows_of([kept])

    with pytest.raises(Refused, match=CHANGED):
        part(merge=done, actor=cast.olu(), now=NOW)
    assert rows_of([kept]) == there
    assert not Client.objects.filter(code=gone.code).exists()


def test_after_two_weeks_it_is_too_late_and_forgotten(
    kept: Client, gone: Client, clock: time_machine.Traveller
) -> None:
    done, later = together(kept, gone), NOW + merging.KEPT + timedelta(seconds=1)
    assert lately(NOW + merging.KEPT) == [(done, "Ada B")]
    with pytest.raises(Refused, match=TOO_LATE):
        part(merge=done, actor=cast.olu(), now=later)
    forget_receipts()
    assert Merge.objects.exists()
    clock.move_to(later)
    forget_receipts()
    assert not Merge.objects.exists()


def test_twice_is_refused(kept: Client, gone: Client) -> None:
    done = together(kept, gone)
    part(merge=done, actor=cast.olu(), now=NOW)
    with pytest.raises(Refused, match=TOO_LATE):
        part(merge=done, actor=cast.olu(), now=NOW)


def test_an_erased_client_has_nothing_to_take_back(kept: Client, gone: Client) -> None:
    done = together(kept, gone)
    Client.objects.filter(code=kept.code).update(wrapped_key=b"")
    assert lately(NOW) == []
    with pytest.raises(Refused, match=CHANGED):
        part(merge=done, actor=cast.olu(), now=NOW)


def test_an_older_merge_goes_with_the_client_it_was_for(kept: Client, gone: Client) -> None:
    together(gone, kept)
    merge(kept=cast.ben(), gone=gone, actor=cast.olu(), now=NOW)
    assert [(each.kept, name) for each, name in lately(NOW)] == [(cast.ben(), "Ada B")]


def test_what_is_kept_of_a_merge_is_sealed(kept: Client, gone: Client) -> None:
    done = together(kept, gone)
    assert not [word for word in (b"Ada", b"example.org", b"7946") if word in bytes(done.sealed)]


def test_the_owner_takes_it_back_on_the_page(client: Browser, kept: Client, gone: Client) -> None:
    done, page = together(kept, gone), reverse("desk-duplicates")
    client.force_login(cast.olu())
    address = reverse("desk-take-apart", args=[done.code])
    assert address in client.get(page).content.decode()
    told = client.post(address, follow=True).content.decode()
    assert "Ada B is there again" in told
    assert address not in told
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("who", ["fay", "clara"])
def test_only_the_owner_takes_it_back(client: Browser, kept: Client, gone: Client, who: str) -> None:
    client.force_login(cast.fay() if who == "fay" else cast.user_of(cast.clara()))
    assert client.post(reverse("desk-take-apart", args=[together(kept, gone).code])).status_code == 404
    assert not Client.objects.filter(code=gone.code).exists()
