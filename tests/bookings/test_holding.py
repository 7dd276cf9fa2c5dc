"""Holding a time while details are typed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from bookings import holding, offers
from bookings.door import Refused, SlotTaken
from bookings.holding import HOLDS_PER_VISITOR, extend, hold
from bookings.models import Booking, Room, Service
from clinic.people.models import Practitioner
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


def take(
    service: Service,
    start: datetime = TEN,
    visitor: str = "ann",
    who: Practitioner | None = None,
    now: datetime = NOW,
) -> Booking:
    return hold(service=service, practitioner=who, start=start, visitor=visitor, now=now)


def test_a_held_time_is_kept_from_others_for_fifteen_minutes(first: Service) -> None:
    held = take(first, who=cast.clara())

    with pytest.raises(SlotTaken, match="just been taken"):
        take(first, who=cast.clara(), visitor="bob")
    assert held.hold_until == NOW + timedelta(minutes=15)
    assert take(first, who=cast.clara(), visitor="bob", now=NOW + timedelta(minutes=15)).visitor == "bob"


def test_pressing_the_same_time_again_shows_the_same_hold(first: Service) -> None:
    assert take(first).code == take(first).code
    assert Booking.objects.count() == 1


def test_anyone_goes_to_who_has_fewest_bookings_that_day_then_in_order(first: Service) -> None:
    assert take(first).practitioner == cast.clara()
    assert take(first, visitor="bob").practitioner == cast.dov()
    with pytest.raises(SlotTaken):
        take(first, visitor="cid")
    assert take(first, start=TEN + timedelta(hours=3), visitor="cid").practitioner == cast.clara()


@pytest.mark.parametrize(
    "start",
    [
        NOW + timedelta(hours=23),
        TEN + timedelta(minutes=7),
        TEN + timedelta(seconds=30),
        TEN.replace(hour=16),
        TEN + timedelta(days=100),
        TEN - timedelta(days=30),
    ],
    ids=["too soon", "off the grid", "half a minute", "past closing", "beyond the window", "past"],
)
def test_a_time_that_is_not_offered_cannot_be_held(first: Service, start: datetime) -> None:
    with pytest.raises(SlotTaken, match="cannot be booked"):
        take(first, start=start)
    assert not Booking.objects.exists()


def test_a_visitor_who_changes_her_mind_lets_the_overlapping_hold_go(first: Service) -> None:
    old = take(first, who=cast.clara())
    new = take(first, start=TEN + timedelta(minutes=15), who=cast.clara())

    old.refresh_from_db()
    assert (old.status, new.status) == ("cancelled", "held")


def test_a_visitor_keeps_only_her_newest_holds(first: Service) -> None:
    for day in range(5):
        take(first, start=TEN + timedelta(days=day), now=NOW + timedelta(seconds=day))

    kept = Booking.objects.held_by("ann").values_list("starts_at", flat=True)
    assert list(kept) == [TEN + timedelta(days=day) for day in (2, 3, 4)]
    assert len(kept) == HOLDS_PER_VISITOR


def test_holds_of_one_visitor_leave_others_their_own(first: Service) -> None:
    theirs = take(first, visitor="bob")
    for day in range(1, 6):
        take(first, start=TEN + timedelta(days=day))

    theirs.refresh_from_db()
    assert theirs.status == "held"


def test_more_time_adds_fifteen_minutes_from_now_and_ends_after_ten_times(first: Service) -> None:
    held = take(first)
    for press in range(1, 12):
        now = NOW + timedelta(minutes=14 * press)
        held = extend(held=held, now=now)
        assert held.hold_until == min(now + timedelta(minutes=15), NOW + timedelta(minutes=165))
    with pytest.raises(Refused):
        extend(held=held, now=NOW + timedelta(minutes=165))


def test_a_hold_that_ran_out_cannot_be_extended(first: Service) -> None:
    held = take(first)

    with pytest.raises(SlotTaken):
        extend(held=held, now=NOW + timedelta(minutes=15))


def test_a_room_is_chosen_and_shared_fairly(first: Service) -> None:
    Room.objects.create(slug="garden", name="Garden room")
    make.service(needs_room=True)
    first.refresh_from_db()

    held = take(first, who=cast.clara())
    assert held.room is not None
    assert held.room.slug == "garden"
    with pytest.raises(SlotTaken):
        take(first, who=cast.dov(), visitor="bob")


def test_a_hold_that_ran_out_is_forgotten_two_days_later(first: Service) -> None:
    take(first)
    take(first, start=TEN + timedelta(days=1), visitor="bob", now=NOW + timedelta(minutes=20))
    assert set(Booking.objects.values_list("status", flat=True)) == {"cancelled", "held"}

    take(first, start=TEN + timedelta(days=2), visitor="cid", now=NOW + timedelta(hours=1))
    take(first, start=TEN + timedelta(days=3), visitor="dan", now=NOW + timedelta(days=3))
    offers.review(now=NOW + timedelta(days=3))  # the night shift
    assert dict(Booking.objects.values_list("visitor", "status")) == {"cid": "cancelled", "dan": "held"}


def test_one_network_holds_many_times_but_not_all_of_them(first: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "HOLDS_PER_NETWORK", 2)
    mine: dict[str, Any] = {"service": first, "practitioner": None, "now": NOW, "network": "here"}
    for day in range(2):  # a new name each time, as somebody who drops her cookie
        hold(**mine, start=TEN + timedelta(days=day), visitor=f"v{day}")

    with pytest.raises(Refused, match="Too many times are held from your network"):
        hold(**mine, start=TEN + timedelta(days=2), visitor="v2")
    assert hold(**mine, start=TEN, visitor="v0").visitor == "v0"  # pressing again is no new hold
    assert hold(**{**mine, "network": "there"}, start=TEN + timedelta(days=2), visitor="v2").status == "held"
    assert hold(**{**mine, "now": NOW + timedelta(minutes=16)}, start=TEN + timedelta(days=3), visitor="v3")


def test_where_a_time_was_held_from_is_forgotten_when_it_is_booked(client: Browser, held: str) -> None:
    assert len(Booking.objects.get().held_from) == 64

    client.post(held, {"name": "Ada Byron", "email": "ada@example.org"})
    assert Booking.objects.get().held_from == ""
