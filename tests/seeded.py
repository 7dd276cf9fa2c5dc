"""A practice with one of everything, and for each address with something in it the path that leads there."""

from datetime import timedelta
from uuid import uuid4

from django.test import Client as Browser
from django.urls import reverse

from bookings import feeds, keeping_hours, keys
from bookings.keeping_hours import Away, Interval
from bookings.models import ApiKey, CalendarFeed, Change, HoursException, Room, TimeOff, WaitlistEntry
from clinic.outbox.models import Message
from clinic.people.matching import find_or_create_client
from clinic.people.models import Client, Link
from intake import consents, owning
from intake.models import Request
from intake.services import ask_checkin
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

FIRST = "/book/times/?service=first"
MADE_UP = {"00000000-0000-4000-8000-000000000000", "nothing", "1"}  # as tests.test_doors fills an address
BY_LINK = {"b": Link.Purpose.BOOKING, "i": Link.Purpose.INTAKE, "c": Link.Purpose.CHECKIN, "n": Link.Purpose.NOTES}


class Seeded:
    """One of everything; `client` is a visitor's browser that holds a time, `owner` the owner's."""

    def __init__(self) -> None:
        make.practice()
        make.help_numbers()
        self.client, self.owner = Browser(raise_request_exception=False), Browser(raise_request_exception=False)
        self.owner.force_login(cast.olu())
        self._arrange()
        self._book()
        self._ask()

    def _arrange(self) -> None:
        clara, olu = cast.clara(), cast.olu()
        self.first, second = make.service(), make.service("second", name="Second")
        make.offers(clara, self.first, second)
        make.offers(cast.dov(), self.first)
        Room.objects.create(slug="garden", name="Garden room")
        away = Away(TEN + timedelta(days=40), TEN + timedelta(days=41))
        keeping_hours.add_time_off(practitioner=clara, times=[away], note="", decisions={}, actor=olu, now=NOW)
        keeping_hours.save_exception(
            practitioner=clara, on=away.ends_at.date(), intervals=[Interval(600, 660)], decisions={}, actor=olu, now=NOW
        )
        self.feed = feeds.make(practitioner=clara, shows_names=False, actor=olu, now=NOW)
        keys.make(name="Website", now=NOW)

    def _book(self) -> None:
        self.booking = make.booked(start=TEN, of=self.first, reasons=("jaw",))
        pressed = self.client.post(FIRST, {"start": (TEN + timedelta(days=1)).isoformat()})
        self.details: str = pressed["Location"]
        self.session = make.session(client=cast.ada(), starts_at=NOW - timedelta(hours=2))
        self.twin = find_or_create_client(name="Adah Byron", email="ada@example.org", now=NOW)
        last = TEN.date() + timedelta(days=30)
        self.entry = WaitlistEntry.objects.create(client=cast.ben(), service=self.first, until_on=last, joined_at=NOW)
        self.withheld = make.message("m03_expect", client=cast.ben(), about=uuid4())
        no_address = "There is no e-mail address we may write to. Please phone."
        Message.objects.filter(code=self.withheld.code).update(status="withheld", outcome=no_address)

    def _ask(self) -> None:
        self.asked = Request.objects.get(about=self.booking.code)
        consents.keep_answers(asked=self.asked, now=NOW)
        (self.flag,) = make.flags(cast.ben(), "c_jaw_locked")
        self.own = owning.fork(slug="jaw", by=cast.olu(), now=NOW)
        client, clara, about = cast.ada(), cast.clara(), self.session.booking.code
        ask_checkin(client=client, practitioner=clara, about=about, needed_at=NOW, now=NOW)

    def token(self, purpose: str) -> str:
        is_after = purpose in {Link.Purpose.CHECKIN, Link.Purpose.NOTES}
        return make.link_token(purpose, cast.ada(), (self.session.booking if is_after else self.booking).code)

    def codes(self) -> dict[str, object]:
        """What stands in an address after these words; the longest that fits counts."""
        session, own = self.session.booking.code, self.own.code
        return {
            "/desk/alerts/": self.flag.code,
            "/desk/api-keys/": ApiKey.objects.get().code,
            "/desk/block/": TimeOff.objects.get().code,
            "/desk/book/": cast.ada().code,
            "/desk/bookings/": self.booking.code,
            "/desk/changes/": Change.objects.get(kind=Change.Kind.TIME_OFF).code,
            "/desk/clients/": cast.ada().code,
            "/desk/duplicates/": self.twin.code,
            "/desk/intakes/": self.asked.code,
            "/desk/intakes/flags/": self.flag.code,
            "/desk/letters/": self.withheld.code,
            "/desk/people/": "clara",
            "/desk/people/sign-ins/": cast.user_of(cast.clara()).pk,
            "/desk/practitioners/": "clara",
            "/desk/practitioners/clara/date/": HoursException.objects.get().code,
            "/desk/practitioners/clara/feed/": CalendarFeed.objects.get().code,
            "/desk/practitioners/clara/time-off/": TimeOff.objects.get().code,
            "/desk/questionnaires/": own,
            "/desk/questionnaires/copy/": "general",
            "/desk/rooms/": "garden",
            "/desk/services/of/": "first",
            "/desk/sessions/": session,
            f"/desk/sessions/{session}/letters/": "m10_after",
            "/desk/to-phone/": self.withheld.code,
            "/desk/waitlist/": self.entry.code,
        }

    def path(self, made_up: str) -> str:
        """The same address, with something that is there in place of what was made up."""
        if "x" * 43 in made_up:
            return by_link(self, made_up)
        if made_up.startswith("/book/details/"):
            return self.details
        if made_up == reverse("booking-several"):
            start = (TEN + timedelta(days=2)).isoformat().replace("+", "%2B")
            return f"{made_up}?service=first&practitioner=clara&start={start}"
        if made_up == reverse("booking-times"):
            return FIRST
        return self._filled(made_up)

    def _filled(self, made_up: str) -> str:
        pieces, codes = made_up.split("/"), self.codes()
        for number, piece in enumerate(pieces):
            before = "/".join(pieces[:number]) + "/"
            if before in codes and piece in MADE_UP:
                pieces[number] = str(codes[before])
        return "/".join(pieces)


def by_link(seeded: Seeded, path: str) -> str:
    """A client's address with a token that opens it."""
    kind = path.split("/")[1]
    if kind == "feed":
        token = seeded.feed
    elif kind == "w":
        token = make.link_token(Link.Purpose.WAITLIST, Client.objects.get(name="Ben Okri"), seeded.entry.code)
    elif kind in {"u", "stop"}:
        token = make.link_token(Link.Purpose.STOP, cast.ada(), seeded.session.booking.code)
    else:
        token = seeded.token(BY_LINK.get(kind, Link.Purpose.MY))
    return path.replace("x" * 43, token)
