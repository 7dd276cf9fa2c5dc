"""Whatever may happen to the calendar, in any order: nothing overlaps, nothing stays unsaid, what is offered holds.

Small in the ordinary suite; `verify --full` walks further.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from bookings import calendar, offers, waitlist
from bookings.course_booking import Wanted, book_course, dates
from bookings.course_letters import KINDS as COURSE_KINDS
from bookings.door import Refused
from bookings.holding import extend, hold
from bookings.keeping_hours import Away, add_time_off
from bookings.models import Booking, Offer, Room, Service, TimeOff, WorkingHours
from bookings.offer_plan import KINDS as WAITING_KINDS
from bookings.plan import KINDS as BOOKING_KINDS
from bookings.services import book, cancel, move, undo_cancel, undo_move
from bookings.zones import moment
from clinic.outbox.days import YIELDS
from clinic.outbox.draining import drain
from clinic.outbox.models import Message
from clinic.outbox.registry import PLANS
from clinic.people.models import Practice, Practitioner
from tests import cast, make
from tests.cast import NOW

FULL = os.environ.get("FAULTS") == "full"
DAYS = 4  # the booking window: small, so that everybody is in everybody's way
NAMES = ("Ada Byron", "Ben Okri", "Cid Rey")
VISITORS = ("ann", "bob")
OURS = {*BOOKING_KINDS, *WAITING_KINDS, *COURSE_KINDS}
chosen = st.integers(0, 10_000)


class Calendar(RuleBasedStateMachine):
    """Two practitioners, a room that one service needs, three clients, and a clock that only goes forward."""

    held: Bundle[Booking] = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.walk = transaction.atomic()  # taken back when the walk ends
        self.walk.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)

    @initialize()
    def open_the_practice(self) -> None:
        make.practice(
            window_days=DAYS, minimum_notice_hours=2, cancel_cutoff_hours=2, move_cutoff_hours=2,
            max_per_day=3, offer_hours=4,
        )  # fmt: skip
        self.now = NOW
        Room.objects.create(slug="east", name="East room")
        self.service = make.service(minutes=60, buffer_before=15, buffer_after=15, needs_room=True)
        self.short = make.service("short", minutes=30, buffer_after=0)
        for who in (cast.clara(), cast.dov()):
            make.offers(who, self.service)
            make.offers(who, self.short)
            WorkingHours.objects.filter(practitioner=who).update(opens=9 * 60, closes=13 * 60)
        Practitioner.objects.filter(slug="dov").update(grid=30)
        self.people = [cast.clara(), cast.dov()]

    # --- what visitors and clients do ---

    @rule(target=held, visitor=st.sampled_from(VISITORS), pick=chosen, slug=st.sampled_from(["first", "short"]),
          who=st.sampled_from(["clara", "dov", None]))  # fmt: skip
    def hold(self, visitor: str, pick: int, slug: str, who: str | None) -> Any:
        """What is offered can be held, whoever asks."""
        service, wanted = Service.objects.get(slug=slug), Practitioner.objects.filter(slug=who).first()
        start = self._pick(self._free(service, wanted, visitor), pick)
        if start is None:
            return multiple()
        return hold(service=service, practitioner=wanted, start=start, visitor=visitor, now=self.now)

    @rule(visitor=st.sampled_from(VISITORS), quarter=st.integers(0, 4 * 24 * (DAYS + 2)), shift=st.sampled_from([0, 7]))
    def hold_anything(self, visitor: str, quarter: int, shift: int) -> None:
        """A start is held if it is offered, and refused if it is not."""
        start = NOW.replace(hour=0) + timedelta(minutes=15 * quarter + shift)
        is_offered = start in self._free(self.service, cast.clara(), visitor)
        with nullcontext() if is_offered else pytest.raises(Refused), self._taken_back():
            hold(service=self.service, practitioner=cast.clara(), start=start, visitor=visitor, now=self.now)

    @rule(held=held)
    def extend(self, held: Booking) -> None:
        with self._maybe_refused():
            extend(held=held, now=self.now)

    @rule(held=held, name=st.sampled_from(NAMES))
    def book(self, held: Booking, name: str) -> None:
        """A hold that stands can be booked; one that ran out only while its time is offered."""
        held.refresh_from_db()
        stands = held.status == "held" and held.hold_until is not None and held.hold_until > self.now
        with nullcontext() if stands else self._maybe_refused():
            book(held=held, name=name, email=_address(name), phone="", reasons=[], now=self.now)

    @rule(pick=chosen, name=st.sampled_from(NAMES), times=st.integers(2, 3), slug=st.sampled_from(["first", "short"]))
    def series(self, pick: int, name: str, times: int, slug: str) -> None:
        """Dates that are shown as free can be booked together; a date that is not spoils all."""
        service = Service.objects.get(slug=slug)
        start = self._pick(self._free(service, cast.clara(), "ann"), pick)
        if start is None:
            return
        wanted = Wanted(service, cast.clara(), start, 1, times)
        found = dates(wanted, visitor="ann", now=self.now, practice=Practice.objects.the())
        details = {"name": name, "email": _address(name), "phone": ""}
        before = Booking.objects.of_clients().count()
        kept = [moment(each.start if each.fate == "free" else each.instead[0]) for each in found
                if each.fate == "free" or each.instead]  # fmt: skip
        if len(kept) < len(found):
            every = [moment(each.start) for each in found]
            with pytest.raises(Refused):
                book_course(wanted=wanted, starts=every, visitor="ann", now=self.now, **details)
            assert Booking.objects.of_clients().count() == before
        book_course(wanted=wanted, starts=kept, visitor="ann", now=self.now, **details)
        assert Booking.objects.of_clients().count() == before + len(kept)

    @rule(which=chosen, pick=chosen, by=st.sampled_from(["client", "practice"]))
    def move(self, which: int, pick: int, by: str) -> None:
        """To a time that is offered with the old one left out of account."""
        booking = self._one(Booking.objects.coming(self.now), which)
        if booking is None:
            return
        free = self._free(booking.service, booking.practitioner, "", booking=booking.code)
        start = self._pick(free, pick)
        if start is not None:
            with nullcontext() if by == "practice" else self._maybe_refused():
                move(booking=booking, start=start, by=by, now=self.now)

    @rule(which=chosen)
    def undo_move(self, which: int) -> None:
        booking = self._one(Booking.objects.coming(self.now), which)
        if booking is not None:
            with self._maybe_refused():
                undo_move(booking=booking, now=self.now)

    @rule(which=chosen, by=st.sampled_from(["client", "practice"]))
    def cancel(self, which: int, by: str) -> None:
        booking = self._one(Booking.objects.coming(self.now), which)
        if booking is not None:
            with self._maybe_refused():
                cancel(booking=booking, by=by, now=self.now)

    @rule(which=chosen)
    def undo_cancel(self, which: int) -> None:
        booking = self._one(Booking.objects.of_clients().filter(status="cancelled"), which)
        if booking is not None:
            with self._maybe_refused():
                undo_cancel(booking=booking, now=self.now)

    # --- those who wait ---

    @rule(name=st.sampled_from(NAMES), who=st.sampled_from(["clara", "dov", None]), days=st.integers(0, DAYS),
          parts=st.sampled_from([[], ["morning"], ["afternoon"]]))  # fmt: skip
    def wait(self, name: str, who: str | None, days: int, parts: list[str]) -> None:
        waitlist.join(
            service=self.service, practitioner=Practitioner.objects.filter(slug=who).first(), weekdays=[], parts=parts,
            since=None, until=self.now.date() + timedelta(days=days), name=name, email=_address(name), now=self.now,
        )  # fmt: skip

    @rule(which=chosen, says=st.sampled_from(["yes", "no", "leave"]))
    def answer(self, which: int, says: str) -> None:
        """Yes to an offer that stands is a booking, always."""
        offer = self._one(Offer.objects.open().select_related("entry"), which)
        if offer is None:
            return
        act = {"yes": waitlist.accept, "no": waitlist.decline, "leave": waitlist.leave}[says]
        with nullcontext() if says != "yes" or offer.until > self.now else pytest.raises(Refused):
            act(entry=offer.entry, now=self.now)

    # --- what the practice and the clock do ---

    @rule(day=st.integers(0, DAYS), hour=st.integers(8, 13), hours=st.integers(1, 4),
          fate=st.sampled_from(["keep", "cancel", ""]))  # fmt: skip
    def block(self, day: int, hour: int, hours: int, fate: str) -> None:
        """Time off; what is booked in it stays or goes as was decided, and without a word nothing is blocked."""
        begin = datetime.combine(NOW.date() + timedelta(days=day), time(hour), tzinfo=NOW.tzinfo)
        end = begin + timedelta(hours=hours)
        coming = Booking.objects.coming(self.now).filter(practitioner=cast.clara())
        inside = coming.filter(starts_at__lt=end, ends_at__gt=begin)
        is_decided = bool(fate) or all(_is_away(each) for each in inside)
        with nullcontext() if is_decided else pytest.raises(Refused):
            add_time_off(
                practitioner=cast.clara(), times=[Away(begin, end)], note="", actor=cast.olu(), now=self.now,
                decisions={each.code: fate for each in coming} if fate else {},
            )  # fmt: skip
        held = Booking.objects.filter(status="held", practitioner=cast.clara())
        assert not (is_decided and held.filter(starts_at__lt=end, ends_at__gt=begin).exists())

    @rule()
    def come_back(self) -> None:
        """A time off ends early, and what it frees is looked at."""
        TimeOff.objects.all().delete()
        offers.review(now=self.now)

    @rule(minutes=st.sampled_from([1, 7, 16, 61, 241, 24 * 60]))
    def tick(self, minutes: int) -> None:
        """Time goes by; the night shift comes round, twice."""
        self.now += timedelta(minutes=minutes)
        offers.review(now=self.now)
        offers.review(now=self.now)
        drain(now=self.now)

    # --- what always holds ---

    @invariant()
    def nothing_overlaps(self) -> None:
        busy = Booking.objects.busy(self.now)
        for whose in ("practitioner_id", "room_id"):
            for one, other in pairwise(busy.exclude(**{whose: None}).order_by(whose, "busy_from")):
                apart = getattr(one, whose) != getattr(other, whose) or one.busy_until <= other.busy_from
                assert apart, (whose, one.starts_at, other.starts_at)
        assert not busy.filter(service__needs_room=True, room=None).exists()

    @invariant()
    def nothing_is_left_unsaid(self) -> None:
        """Every booking has its messages, and no message is left of what is no more."""
        for plan in (each for each in PLANS if each.kinds & OURS):
            for about in plan.over(self.now):
                planned = {(each.kind, each.occasion) for each in plan.plan(about, self.now)}
                rows = Message.objects.filter(about=about, kind__in=plan.kinds)
                rows = rows.exclude(~Q(outcome=YIELDS), status="superseded")  # its day may have another letter already
                stored = {(each.kind, each.occasion): each.status for each in rows}
                assert planned <= set(stored), "missing"
                assert {key for key, status in stored.items() if status == "queued"} <= planned, "extra"

    @invariant()
    def every_offer_keeps_its_time_for_one_person(self) -> None:
        kept = Offer.objects.open().filter(until__gt=self.now).select_related("booking", "entry")
        for offer in kept:
            assert offer.booking is not None
            assert (offer.booking.status, offer.booking.starts_at) == ("held", offer.starts_at)
            assert offer.entry.state == "waiting"
        assert len({each.booking_id for each in kept}) == len({each.entry_id for each in kept}) == len(kept)

    @invariant()
    def what_is_shown_can_be_had(self) -> None:
        """With anyone there is what there is with each; and one of those times is held, and let go again."""
        anyone = self._free(self.service, None, "somebody new")
        alone = {start for who in self.people for start in self._free(self.service, who, "somebody new")}
        assert set(anyone) == alone
        start = self._pick(anyone, self.now.minute)
        if start is not None:
            with self._taken_back():
                hold(service=self.service, practitioner=None, start=start, visitor="somebody new", now=self.now)

    # --- how the rules ask ---

    def _free(self, service: Service, who: Practitioner | None, visitor: str, booking: Any = None) -> list[datetime]:
        diary = calendar.load(
            service=service,
            practitioner=who,
            first=self.now.date() - timedelta(days=1),
            last=self.now.date() + timedelta(days=DAYS + 1),
            now=self.now,
            practice=Practice.objects.the(),
            ignoring=calendar.Ignoring(visitor=visitor, booking=booking),
        )
        return [moment(start) for start in diary.free_starts()]

    @staticmethod
    def _pick(free: list[datetime], pick: int) -> datetime | None:
        return free[pick % len(free)] if free else None

    @staticmethod
    def _one(found: Any, which: int) -> Any:
        rows = list(found.order_by("pk"))
        return rows[which % len(rows)] if rows else None

    @contextmanager
    def _maybe_refused(self) -> Iterator[None]:
        """Whatever is refused is refused in words, and changes nothing of the bookings."""
        before, words = self._bookings(), None
        try:
            yield
        except Refused as refusal:
            words = str(refusal)
        assert words is None or (words and self._bookings() == before)

    @contextmanager
    def _taken_back(self) -> Iterator[None]:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def _bookings(self) -> list[Any]:
        return list(Booking.objects.of_clients().order_by("pk").values())


def _is_away(booking: Booking) -> bool:
    """It lies in time off already, so nobody is asked about it again."""
    away = TimeOff.objects.filter(practitioner=booking.practitioner_id)
    return away.filter(starts_at__lt=booking.ends_at, ends_at__gt=booking.starts_at).exists()


def _address(name: str) -> str:
    return f"{name[:3].lower()}@example.org"


@pytest.mark.django_db
def test_the_calendar_holds_whatever_happens() -> None:
    walks, steps = (300, 50) if FULL else (6, 15)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    size = settings(max_examples=walks, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Calendar, settings=size)
