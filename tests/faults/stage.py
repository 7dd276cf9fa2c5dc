"""A running practice that a test can also look into: its calendar is set before the faults, and read after them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import count, pairwise
from time import sleep
from typing import Any
from uuid import UUID

import environ
from django.core import signing
from django.db import connection, connections
from django.db.utils import load_backend

from bookings import plan, services
from bookings.holding import hold
from bookings.models import Booking, Offering, Room, Service, WorkingHours
from bookings.visitors import COOKIE, SALT
from clinic.outbox.models import Message
from clinic.outbox.services import planned_for
from clinic.people import clock
from clinic.people.matching import find_or_create_client
from clinic.people.models import Client, Practice, Practitioner
from intake.letters import PLANNED
from tests.faults.crowd import Person
from tests.serving import Site

ALIAS = "default"
AT_ONCE = {*plan.KINDS, *PLANNED}  # the kinds of letters that are written in the transaction of a booking
SECONDS_UNTIL_COUNTED = 1.1  # a session of PostgreSQL reports what it met once a second
PEOPLE = ("pat", "quin")  # both have long days, and nothing booked
PLAIN, ROOMY = "plain", "roomy"  # an hour and a quarter of rest each; one of them needs the only room
SESSION = timedelta(minutes=75)
OPENS, CLOSES, APART = 8, 20, 4  # o'clock, and the hours between two places where a test may happen


def _places() -> Iterator[datetime]:
    first = datetime.combine(datetime.now(UTC).date(), time(OPENS), tzinfo=UTC) + timedelta(days=2)
    for day in count():
        for hour in range(0, CLOSES - OPENS, APART):
            yield first + timedelta(days=day, hours=hour)


@dataclass
class Stage:
    """One site, and the places in its calendar that no test has used yet."""

    site: Site
    places: Iterator[datetime] = field(default_factory=_places)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """This process reads and writes the site's own database."""
        outside = connections[ALIAS]
        address = self.site.environment.get("DATABASE_URL") or f"sqlite:///{self.site.folder / 'db.sqlite3'}"
        told = {**deepcopy(outside.settings_dict), **environ.Env.db_url_config(address)}
        connections[ALIAS] = load_backend(told["ENGINE"]).DatabaseWrapper(told, ALIAS)
        try:
            yield
        finally:
            connections[ALIAS].close()
            connections[ALIAS] = outside

    def people(self, number: int) -> list[Person]:
        """Many browsers with the page of times open. One page is enough: each form gets a key of its own."""
        first = Person(self.site.port)
        assert first.open(times()).status == 200
        everybody = [Person(self.site.port, each, **first.cookies) for each in range(1, number + 1)]
        for person in everybody:
            person.hidden = dict(first.hidden)
            person.new_form()
        return everybody

    def come_back(self, visitors: Sequence[str]) -> list[Person]:
        """The browsers in which these holds were made."""
        people = self.people(len(visitors))
        signer = signing.get_cookie_signer(salt=COOKIE + SALT)
        for person, visitor in zip(people, visitors, strict=True):
            person.cookies[COOKIE] = signer.sign(visitor)
        return people

    @cached_property
    def staff(self) -> Person:
        """The owner, signed in at the desk."""
        [person] = self.people(1)
        person.open("/demo/")
        assert person.post("/demo/sign-in/", email="olu@stillpoint.example.org").status == 302
        person.open("/desk/block/")
        return person


def times(practitioner: str = "pat", service: str = PLAIN) -> str:
    """The page of free times; without a practitioner anybody will do."""
    return f"/book/times/?service={service}" + (f"&practitioner={practitioner}" if practitioner else "")


def furnish() -> None:
    """Two practitioners with long days, a session that needs no room, and one that needs the only room they have."""
    Practice.objects.the()
    Practice.objects.update(minimum_notice_hours=1, window_days=120, move_cutoff_hours=1, cancel_cutoff_hours=1)
    attic = Room.objects.create(slug="attic", name="Attic")
    services = [
        Service.objects.create(slug=slug, name=slug.title(), minutes=60, buffer_after=15, needs_room=slug == ROOMY)
        for slug in (PLAIN, ROOMY)
    ]
    for slug in PEOPLE:
        who = Practitioner.objects.create(slug=slug, name=slug.title(), timezone="UTC", grid=15)
        Offering.objects.bulk_create(Offering(practitioner=who, service=service) for service in services)
        WorkingHours.objects.bulk_create(
            WorkingHours(practitioner=who, weekday=day, opens=OPENS * 60, closes=CLOSES * 60, room=attic)
            for day in range(7)
        )


def as_pressed(start: datetime) -> str:
    """A start as the buttons send it."""
    return start.strftime("%Y-%m-%dT%H:%MZ")


# --- what stands in the database; inside only ---


def busy() -> list[Booking]:
    """Everything that takes up the time of the two, by practitioner and time."""
    found = Booking.objects.busy(clock.now()).filter(practitioner__slug__in=PEOPLE)
    return list(found.select_related("practitioner").order_by("practitioner", "busy_from"))


@dataclass(frozen=True)
class Left:
    """What some rounds left behind."""

    booked: int
    overlaps: int
    deadlocks: int

    def __sub__(self, before: "Left") -> "Left":
        return Left(self.booked - before.booked, self.overlaps - before.overlaps, self.deadlocks - before.deadlocks)


def left(starts: Sequence[datetime], shift: timedelta = timedelta()) -> Left:
    return Left(sum(booked(start, start + shift) for start in starts), overlaps(), deadlocks())


def overlaps() -> int:
    """How many pairs of neighbours share time: of one practitioner, or in one room."""
    rows = busy()
    rooms = sorted((row for row in rows if row.room_id), key=lambda row: (str(row.room_id), row.busy_from))
    return _shared(rows, lambda row: row.practitioner_id) + _shared(rooms, lambda row: row.room_id)


def _shared(rows: list[Booking], whose: Any) -> int:
    return sum(whose(one) == whose(other) and one.busy_until > other.busy_from for one, other in pairwise(rows))


def deadlocks() -> int:
    """As the server counts them; SQLite has none."""
    if connection.vendor != "postgresql":
        return 0
    sleep(SECONDS_UNTIL_COUNTED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def booked(since: datetime, until: datetime | None = None, practitioner: str = "") -> int:
    """How many bookings begin here."""
    found = Booking.objects.of_clients().exclude(status__in=Booking.FREE).filter(starts_at__gte=since)
    found = found.filter(
        starts_at__lte=until or since, practitioner__slug__in=[practitioner] if practitioner else PEOPLE
    )
    return found.count()


def is_booked(code: str) -> bool:
    return Booking.objects.of_clients().filter(code=code, status=Booking.Status.BOOKED).exists()


def unsaid(codes: Sequence[str]) -> tuple[int, int]:
    """Letters that these bookings lack, and letters that none of them should have.

    Only what is written with the booking counts; what follows a session is planned by the night shift.
    """
    should_be = planned_for(abouts=[UUID(code) for code in codes], now=clock.now())
    planned = {(each.about, each.kind, each.occasion) for each in should_be if each.kind in AT_ONCE}
    rows = Message.objects.filter(about__in=codes, kind__in=AT_ONCE).exclude(status=Message.Status.SUPERSEDED)
    stored = set(rows.values_list("about", "kind", "occasion"))
    return len(planned - stored), len(stored - planned)


def client(name: str) -> Client:
    return find_or_create_client(name=name, email=f"{name.lower()}@example.org", now=clock.now())


def book(practitioner: str, start: datetime, name: str) -> Booking:
    """A session of somebody's, made as the pages make it."""
    who, service, now = Practitioner.objects.get(slug=practitioner), Service.objects.get(slug=PLAIN), clock.now()
    held = hold(service=service, practitioner=who, start=start, visitor=f"{name} {start}", now=now)
    return services.book(held=held, name=name, email=f"{name.lower()}@example.org", phone="", reasons=[], now=now)


def lapsed(visitors: list[str], start: datetime) -> list[Booking]:
    """A hold for each, all on one time and all run out: who posts first gets it again."""
    who, service = Practitioner.objects.get(slug="pat"), Service.objects.get(slug=PLAIN)
    now = clock.now()
    rows = []
    for visitor in visitors:
        row = Booking(practitioner=who, service=service, visitor=visitor, zone=who.timezone, fixed_at=now)
        row.status, row.cancelled_by, row.cancelled_at = Booking.Status.CANCELLED, Booking.By.LAPSE, now
        row.hold_until = now
        row.set_start(start, service)
        rows.append(row)
    return Booking.objects.bulk_create(rows)
