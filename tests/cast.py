"""The people of the tests: the same few everywhere, so that a test says only what is special about it."""

from datetime import UTC, datetime

from clinic.people.matching import find_or_create_client, note_care
from clinic.people.models import Client, Practitioner, User

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
"""A Monday morning in winter: London keeps UTC, and no clock change is near."""


def ada() -> Client:
    """A client."""
    return find_or_create_client(name="Ada Byron", email="ada@example.org", now=NOW)


def ben() -> Client:
    """Another client."""
    return find_or_create_client(name="Ben Okri", email="ben@example.org", now=NOW)


def clara() -> Practitioner:
    """A practitioner with a sign-in."""
    return _practitioner("clara", "Clara Weiss", 1)


def dov() -> Practitioner:
    """Another practitioner with a sign-in."""
    return _practitioner("dov", "Dov Levi", 2)


def user_of(practitioner: Practitioner) -> User:
    """Her sign-in."""
    assert practitioner.user is not None
    return practitioner.user


def fay() -> User:
    """Works at the front desk, and sees nothing clinical."""
    return _user("fay", "Fay Front", User.Role.FRONT_DESK)


def olu() -> User:
    """Owns the practice."""
    return _user("olu", "Olu Owner", User.Role.OWNER)


def treats(practitioner: Practitioner, client: Client) -> None:
    """Lets the practitioner see the client."""
    note_care(client=client, practitioner=practitioner, now=NOW)


def _practitioner(slug: str, name: str, position: int) -> Practitioner:
    practitioner, _ = Practitioner.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "email": f"{slug}@example.org",
            "position": position,
            "user": _user(slug, name, User.Role.PRACTITIONER),
        },
    )
    return practitioner


def _user(slug: str, name: str, role: str) -> User:
    email = f"{slug}@example.org"
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_user(email, None, name=name, role=role)
