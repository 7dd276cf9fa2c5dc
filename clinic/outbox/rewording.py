"""What may happen to the practice's wordings: a new version, an older one again, what ships; no change in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from clinic.outbox.models import Wording
from clinic.outbox.plainness import private_words
from clinic.outbox.wordings import PREHEADER, SUBJECT_LENGTH, Spoken, defaults, problems
from clinic.people import audit
from clinic.people.locks import lock_practice
from clinic.people.models import User

LONGEST, LONGEST_ADDITION = 6000, 500


class NotSaid(Exception):
    """These words cannot be used; each problem is fit to show, with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class Changed(Exception):
    """Somebody else saved another version in the meantime."""


@dataclass(frozen=True)
class Place:
    """Where words stand: a letter or paragraph, in a language, or as an addition for a service or practitioner."""

    name: str
    language: str = ""
    for_code: str = ""

    @property
    def versions(self) -> QuerySet[Wording]:
        """All of them, newest first."""
        found = Wording.objects.filter(name=self.name, language=self.language, for_code=self.for_code)
        return found.select_related("written_by").order_by("-number")

    @property
    def usual(self) -> Spoken:
        """What is said where no version is: what ships, in the shape in which it is edited; no addition."""
        ships = defaults()[self.name]
        return Spoken("", "") if self.for_code else Spoken(ships.subject, ships.typed)


def check(name: str, subject: str, text: str, *, is_addition: bool = False) -> list[str]:
    """What keeps these words from being saved; nothing where they are fine."""
    most = LONGEST_ADDITION if is_addition else LONGEST
    found = problems(name, subject, text, is_addition=is_addition)
    if not text.strip() and not is_addition:
        found.append("Write what it says. To say less, put back the shipped words and shorten them.")
    if len(text) > most:
        found.append(f"{len(text)} characters. Use {most} or fewer.")
    if name == PREHEADER:
        found += [f"“{word}” could tell others about somebody's health." for word in private_words(text)]
    return found + ([] if is_addition else _of_subject(name, subject))


def _of_subject(name: str, subject: str) -> list[str]:
    if not defaults()[name].kind:
        return []
    found = [f"Subject: “{word}” could tell others about somebody's health." for word in private_words(subject)]
    if not subject.strip():
        found.append("Subject: write one.")
    if len(subject) > SUBJECT_LENGTH:
        found.append(f"Subject: {len(subject)} characters. Use {SUBJECT_LENGTH} or fewer.")
    return found


@transaction.atomic
def reword(*, place: Place, words: Spoken, base: int, by: User, now: datetime) -> Wording | None:
    """Say it like this from now on; None when nothing is different. `base` is the version that was opened."""
    words = Spoken(" ".join(words.subject.split()), tidied(words.text))
    if found := check(place.name, words.subject, words.text, is_addition=bool(place.for_code)):
        raise NotSaid(found)
    is_usual = words == place.usual and (bool(place.for_code) or not place.language)
    return _write(place, None if is_usual else words, base=base, by=by, now=now)


@transaction.atomic
def restore(*, place: Place, number: int, base: int, by: User, now: datetime) -> Wording | None:
    """An older version again, as a new one; number 0 is what ships (for an addition: none)."""
    old = place.versions.filter(number=number).first()
    if number and old is None:
        raise NotSaid(["There is no such version."])
    if old is None or old.is_default:
        return _write(place, None, base=base, by=by, now=now)
    if found := check(place.name, old.subject, old.text, is_addition=bool(place.for_code)):
        raise NotSaid(found)
    return _write(place, Spoken(old.subject, old.text), base=base, by=by, now=now)


def _write(place: Place, words: Spoken | None, *, base: int, by: User, now: datetime) -> Wording | None:
    """The next version, where it differs; only what is not as shipped is kept."""
    lock_practice()
    newest = place.versions.first()
    if (newest.number if newest else 0) != base:
        raise Changed
    if words == _said(newest):
        return None
    made = Wording(
        name=place.name,
        language=place.language,
        for_code=place.for_code,
        number=base + 1,
        subject=words.subject if words else "",
        text=words.text if words else "",
        is_default=words is None,
        written_at=now,
        written_by=by,
    )
    made.save()
    audit.record(actor=by, verb="changed", about=made, client=None, fields=[place.name], now=now)
    return made


def _said(row: Wording | None) -> Spoken | None:
    return None if row is None or row.is_default else Spoken(row.subject, row.text)


def tidied(text: str) -> str:
    """Line ends of one kind, no spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n"))
