"""What other programs send and get: the types of the API, and so its OpenAPI schema."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

YEARS = range(2000, 2200)
Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,50}$")]


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _day(value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except (TypeError, ValueError) as error:
        raise PydanticCustomError("day", "Write a date like 2027-02-01.") from error


def _moment(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value).astimezone(UTC) if _has_offset(value) else None
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None or found.year not in YEARS:
        raise PydanticCustomError("moment", "Write a moment with its offset, like 2027-02-01T10:00:00Z.")
    return found


def _has_offset(value: str) -> bool:
    return datetime.fromisoformat(value).tzinfo is not None


def _plain(value: str) -> str:
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in value):
        raise PydanticCustomError("plain", "Leave out control characters.")
    return value


SlugOrNot = Annotated[Slug | None, BeforeValidator(_none_if_empty)]
Day = Annotated[
    date | None,
    BeforeValidator(_day),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}),
]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]
Text = Annotated[str, AfterValidator(_plain)]
IdempotencyKey = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]


class ServiceOut(Schema):
    """What can be booked."""

    slug: str
    name: str
    description: str
    minutes: int
    price: str
    practitioners: list[str] = Field(description="Who offers it, as slugs.")


class Slot(Schema):
    """A start that may be booked now."""

    starts_at: datetime = Field(description="With its offset; Z is UTC.")
    practitioners: list[str] = Field(description="Who is free, as slugs.")


class Slots(Schema):
    """Free starts in order of time."""

    slots: list[Slot]


class ClientIn(Schema):
    """Who comes; known again by name and email together."""

    name: Text = Field(min_length=1, max_length=120)
    email: Text = Field(min_length=3, max_length=254, json_schema_extra={"format": "email"})
    phone: Text = Field("", max_length=40)


class BookingIn(Schema):
    """What is to be booked; without a practitioner, whoever is free and has the fewest sessions that day."""

    service: Slug
    practitioner: SlugOrNot = None
    starts_at: Moment
    client: ClientIn


class BookingOut(Schema):
    """What was booked."""

    code: str
    status: str
    service: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    local_time: datetime = Field(description="The same start on the practitioner's clock.")


class Problem(Schema):
    """Why not, in words."""

    detail: str


class FieldProblems(Schema):
    """What is not right, by field."""

    detail: str
    fields: dict[str, str]


class Taken(Schema):
    """The time is not free; what is, from then on."""

    detail: str
    next: list[Slot]
