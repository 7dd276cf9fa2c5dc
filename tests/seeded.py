"""A practice with one of everything, and for each address with something in it the path that leads there."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.test import Client as Browser
from django.urls import reverse

from bookings import feeds, keeping_hours, keys
from bookings.keeping_hours import Away, Interval
from bookings.models import ApiKey, HoursException, Room, TimeOff, WaitlistEntry
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
BY_PRACTITIONER = (
    "desk-practitioner", "desk-hours", "desk-time-off", "desk-time-off-add", "desk-date", "desk-feed",
    "desk-feed-revoke", "desk-practitioner-leave",
)  # fmt: skip
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

    def addresses(self) -> dict[str, str]:
        """The path of each address that needs something to be there."""
        found = {name: reverse(name, args=["clara"]) for name in BY_PRACTITIONER}
        found |= {name: reverse(name, args=[each]) for name, each in self._by_code().items()}
        found |= {name: reverse(name, args=arguments) for name, arguments in self._others().items()}
        return found | {"booking-details": self.details, "booking-several": self._several()}

    def _several(self) -> str:
        start = (TEN + timedelta(days=2)).isoformat().replace("+", "%2B")
        return f"{reverse('booking-several')}?service=first&practitioner=clara&start={start}"

    def _by_code(self) -> dict[str, UUID]:
        booking, session = self.booking.code, self.session.booking.code
        doing = ("arrive", "undo-arrive", "missed", "undo-missed", "cancel", "undo-cancel", "move")
        flag = dict.fromkeys(
            ("desk-flag-decide", "desk-flag-take", "desk-flag-clear", "desk-alert", "desk-alert-take",
             "desk-alert-pass-on", "desk-alert-close"), self.flag.code,
        )  # fmt: skip
        intake = dict.fromkeys(
            ("desk-intake", "desk-intake-read", "desk-intake-ask", "desk-intake-seen"), self.asked.code
        )
        client = dict.fromkeys(
            ("desk-client", "desk-client-letters", "desk-letters-pause", "desk-letters-resume", "desk-book-when"),
            cast.ada().code,
        )
        record = dict.fromkeys(
            ("desk-record", "desk-record-close", "desk-record-amend", "desk-record-letters"), session
        )
        letter = dict.fromkeys(("desk-letter", "desk-letter-again", "desk-phoned"), self.withheld.code)
        own = dict.fromkeys(
            ("desk-questionnaire", "desk-questionnaire-act", "desk-questionnaire-fhir", "desk-questionnaire-item-add"),
            self.own.code,
        )
        bookings = {"desk-booking": booking} | {f"desk-booking-{each}": booking for each in doing}
        return (
            flag
            | intake
            | client
            | record
            | letter
            | own
            | bookings
            | {
                "desk-duplicate": self.twin.code,
                "desk-two-people": self.twin.code,
                "desk-waitlist-remove": self.entry.code,
                "desk-unblock": TimeOff.objects.get().code,
                "desk-api-key-revoke": ApiKey.objects.get().code,
            }
        )

    def _others(self) -> dict[str, list[object]]:
        exception = HoursException.objects.get()
        own = self.own.code
        return {
            "desk-time-off-remove": ["clara", TimeOff.objects.get().code],
            "desk-date-remove": ["clara", exception.code],
            "desk-service": ["first"],
            "desk-service-change": ["first"],
            "desk-room": ["garden"],
            "desk-room-change": ["garden"],
            "desk-sign-in": [cast.user_of(cast.clara()).pk],
            "desk-record-letter": [self.session.booking.code, "m10_after"],
            "desk-questionnaire-copy": ["general"],
            "desk-questionnaire-version": [own, 1],
            "desk-questionnaire-preview": [own, 1],
            "desk-questionnaire-item": [own, 1],
            "desk-questionnaire-move": [own, 1],
            "feed": [self.feed],
        }


def by_link(seeded: Seeded, path: str) -> str:
    """A client's address with a token that opens it."""
    kind = path.split("/")[1]
    if kind == "w":
        token = make.link_token(Link.Purpose.WAITLIST, Client.objects.get(name="Ben Okri"), seeded.entry.code)
    elif kind in {"u", "stop"}:
        token = make.link_token(Link.Purpose.STOP, cast.ada(), seeded.session.booking.code)
    else:
        token = seeded.token(BY_LINK[kind])
    return path.replace("x" * 43, token)
