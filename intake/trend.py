"""A client's scores over time beside the sessions: numbers for a table, and places for a small picture; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 320, 96, 12


@dataclass(frozen=True)
class Point:
    """One value of a score."""

    at: datetime
    value: Decimal


@dataclass(frozen=True)
class Course:
    """One score over time."""

    label: str
    lowest: Decimal
    highest: Decimal
    points: Sequence[Point]


@dataclass(frozen=True)
class Dot:
    """A point in the picture, with its value in words."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Chart:
    """One score as a picture: dots joined by a line, and upright marks where sessions were held."""

    label: str
    words: str
    dots: list[Dot]
    sessions: list[float]

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


@dataclass(frozen=True)
class Row:
    """One moment on the time line: a session, or the scores that were given then."""

    at: datetime
    is_session: bool
    cells: list[tuple[str, str]]  # the score's label and its value, empty where it was not given


@dataclass(frozen=True)
class Trend:
    """The pictures, and the same as a table."""

    labels: list[str]
    charts: list[Chart]
    rows: list[Row]


def trend(courses: Mapping[str, Course], sessions: Sequence[datetime]) -> Trend | None:
    """The courses of scores that were given at least twice; None when there is none."""
    drawn = [course for course in courses.values() if len(course.points) > 1]
    if not drawn:
        return None
    moments = [*sessions, *(point.at for course in drawn for point in course.points)]
    first, last = min(moments), max(moments)
    charts = [_chart(course, sessions, first, last) for course in drawn]
    return Trend([course.label for course in drawn], charts, _rows(drawn, sessions))


def _chart(course: Course, sessions: Sequence[datetime], first: datetime, last: datetime) -> Chart:
    values = [point.value for point in course.points]
    dots = [Dot(_x(point.at, first, last), _y(point.value, course), str(point.value)) for point in course.points]
    words = f"{course.label}: {', then '.join(map(str, values))}, on a scale from {course.lowest} to {course.highest}"
    return Chart(course.label, words, dots, [_x(held, first, last) for held in sessions])


def _x(at: datetime, first: datetime, last: datetime) -> float:
    share = (at - first) / (last - first) if last > first else 0.5
    return round(EDGE + share * (WIDTH - 2 * EDGE), 1)


def _y(value: Decimal, course: Course) -> float:
    share = float((value - course.lowest) / (course.highest - course.lowest))
    return round(HEIGHT - EDGE - share * (HEIGHT - 3 * EDGE), 1)


def _rows(drawn: Sequence[Course], sessions: Sequence[datetime]) -> list[Row]:
    """Newest first."""
    found = [Row(held, is_session=True, cells=[(course.label, "") for course in drawn]) for held in sessions]
    for at in {point.at for course in drawn for point in course.points}:
        values = [{point.at: point.value for point in course.points}.get(at) for course in drawn]
        cells = [
            (course.label, "" if value is None else str(value)) for course, value in zip(drawn, values, strict=True)
        ]
        found.append(Row(at, is_session=False, cells=cells))
    return sorted(found, key=lambda row: row.at, reverse=True)
