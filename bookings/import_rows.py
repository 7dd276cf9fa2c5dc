"""Reads the rows of an import file: each is either right by itself or names what is wrong with it, by line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TextIO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumber_field.formfields import PhoneNumberField

from bookings.cells import meant
from bookings.models import MINUTES_OF_A_DAY, Booking, Room, Service
from clinic.people.models import Practitioner

REQUIRED = ("practitioner", "service", "starts_at", "client_name", "client_email")
OPTIONAL = ("phone", "minutes", "status", "room", "note")
COLUMNS = (*REQUIRED, *OPTIONAL)
NAME_LENGTH, EMAIL_LENGTH, NOTE_LENGTH = 120, 254, 2000
YEARS = range(2000, 2200)
Status = Booking.Status
STATUSES = (Status.BOOKED, Status.ARRIVED, Status.COMPLETED, Status.CANCELLED, Status.MISSED)
STILL_TO_COME = (Status.BOOKED, Status.CANCELLED)


@dataclass(frozen=True, order=True)
class Fault:
    """What is wrong with one line, in words."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class FileFaults(Exception):
    """The file cannot be imported; nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, sorted(faults))))
        self.faults = sorted(faults)


@dataclass(frozen=True)
class Row:
    """One session of the file, right by itself."""

    line: int
    practitioner: Practitioner
    service: Service
    room: Room | None
    start: datetime
    minutes: int
    name: str
    email: str
    phone: str
    status: str
    note: str


@dataclass
class Reader:
    """Knows the practice, so that it can tell what a row means."""

    practitioners: Mapping[str, Practitioner]
    services: Mapping[str, Service]
    rooms: Mapping[str, Room]
    offered: frozenset[tuple[Any, Any]]  # (practitioner, service)
    country: str
    now: datetime
    faults: list[Fault] = field(default_factory=list)

    def read(self, file: TextIO, told: Callable[[int], None]) -> list[Row]:
        """All rows; raises FileFaults when the file itself is not one. Faulty rows go to `faults`."""
        found = []
        for number, (line, cells) in enumerate(_lines(file), 1):
            row = self._row(line, cells)
            if row:
                found.append(row)
            told(number)
        return found

    def _row(self, line: int, cells: list[str] | dict[str, str]) -> Row | None:
        if isinstance(cells, list):
            self._fault(line, f"It has {len(cells)} cells, which is not what the first line says.")
            return None
        before = len(self.faults)
        practitioner, service = self._people_and_service(line, cells)
        start = self._start(line, cells["starts_at"])
        values: dict[str, Any] = {
            "room": self._room(line, cells.get("room", "")),
            "minutes": self._minutes(line, cells.get("minutes", ""), service),
            "status": self._status(line, cells.get("status", ""), start),
            **self._client(line, cells),
            "note": self._text(line, "note", cells.get("note", ""), NOTE_LENGTH, many_lines=True),
        }
        if len(self.faults) > before or practitioner is None or service is None or start is None:
            return None
        if start > self.now and (practitioner.code, service.code) not in self.offered:
            self._fault(line, f"{practitioner.slug} does not offer {service.slug} any more.")
            return None
        return Row(line=line, practitioner=practitioner, service=service, start=start, **values)

    def _people_and_service(self, line: int, cells: Mapping[str, str]) -> tuple[Practitioner | None, Service | None]:
        practitioner, service = self.practitioners.get(cells["practitioner"]), self.services.get(cells["service"])
        if practitioner is None:
            self._fault(line, f"practitioner: There is no {_quoted(cells['practitioner'])}.")
        if service is None:
            self._fault(line, f"service: There is no {_quoted(cells['service'])}.")
        return practitioner, service

    def _start(self, line: int, text: str) -> datetime | None:
        try:
            start = datetime.fromisoformat(text)
            if start.tzinfo is None:
                self._fault(line, "starts_at: It needs an offset, like 2027-02-01T10:00+00:00.")
                return None
            start = start.astimezone(UTC)
        except (ValueError, OverflowError):
            self._fault(line, f"starts_at: {_quoted(text)} is not a moment like 2027-02-01T10:00+00:00.")
            return None
        if start.year not in YEARS:
            self._fault(line, f"starts_at: The year {start.year} is not likely.")
            return None
        if start.second or start.microsecond:
            self._fault(line, "starts_at: A session starts on a whole minute.")
            return None
        return start

    def _room(self, line: int, slug: str) -> Room | None:
        if slug and slug not in self.rooms:
            self._fault(line, f"room: There is no {_quoted(slug)}.")
            return None
        return self.rooms.get(slug)

    def _minutes(self, line: int, text: str, service: Service | None) -> int:
        if not text:
            return service.minutes if service else 1
        if not text.isascii() or not text.isdigit():
            self._fault(line, f"minutes: {_quoted(text)} is not a number.")
            return 1
        if not 1 <= int(text[:9]) <= MINUTES_OF_A_DAY:
            self._fault(line, f"minutes: {text[:9]} is not between 1 and {MINUTES_OF_A_DAY}.")
        return int(text[:9])

    def _status(self, line: int, text: str, start: datetime | None) -> str:
        is_coming = start is not None and start > self.now
        if not text:
            return Status.BOOKED if is_coming else Status.COMPLETED
        if text not in STATUSES:
            self._fault(line, f"status: {_quoted(text)} is none of {', '.join(STATUSES)}.")
        elif is_coming and text not in STILL_TO_COME:
            self._fault(line, f"status: A session that is still to come cannot be {text}.")
        return text

    def _client(self, line: int, cells: Mapping[str, str]) -> dict[str, str]:
        name = self._text(line, "client_name", " ".join(cells["client_name"].split(" ")), NAME_LENGTH)
        if not name:
            self._fault(line, "client_name: It is empty.")
        email = self._text(line, "client_email", cells["client_email"].lower(), EMAIL_LENGTH)
        if email:
            try:
                validate_email(email)
            except ValidationError:
                self._fault(line, f"client_email: {_quoted(email)} is not an e-mail address.")
        return {"name": name, "email": email, "phone": self._phone(line, cells.get("phone", ""))}

    def _phone(self, line: int, text: str) -> str:
        if not text:
            return ""
        try:
            number: Any = self._phone_field.clean(text)
        except (ValidationError, ValueError):
            self._fault(line, f"phone: {_quoted(text)} is not a telephone number.")
            return ""
        return str(number.as_e164)

    @cached_property
    def _phone_field(self) -> Any:
        return PhoneNumberField(region=self.country, required=False)

    def _text(self, line: int, column: str, text: str, longest: int, *, many_lines: bool = False) -> str:
        if len(text) > longest:
            self._fault(line, f"{column}: It has {len(text)} letters; {longest} is the most.")
        if not all(letter.isprintable() or (many_lines and letter in "\n\r\t") for letter in text):
            self._fault(line, f"{column}: It holds control characters.")
        return text

    def _fault(self, line: int, reason: str) -> None:
        self.faults.append(Fault(line, reason))


def _lines(file: TextIO) -> Iterator[tuple[int, list[str] | dict[str, str]]]:
    """(line, cells by column) of every row that is not empty; a list of cells where their number is not right."""
    reader = csv.reader(file, strict=True)
    columns: list[str] = []
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except (csv.Error, UnicodeDecodeError) as error:
            raise FileFaults([Fault(line, f"This is not CSV in UTF-8: {error}.")]) from error
        if not columns:
            columns = _columns(line, cells) if any(map(str.strip, cells)) else []
        elif len(cells) != len(columns):
            if any(cells):
                yield line, cells
        else:
            yield line, {name: meant(cell.strip()) for name, cell in zip(columns, cells, strict=True)}
    if not columns:
        raise FileFaults([Fault(1, "The file is empty.")])


def _columns(line: int, cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    reasons = [f"The column {name} is missing." for name in REQUIRED if name not in columns]
    reasons += [f"The column {_quoted(name)} is not known." for name in columns if name not in COLUMNS]
    reasons += [f"The column {name} is there twice." for name in sorted(set(columns)) if columns.count(name) > 1]
    if reasons:
        raise FileFaults([Fault(line, reason) for reason in reasons])
    return columns


def _quoted(text: str) -> str:
    return f"“{text[:40]}”"
