"""The practice file: what may stand in it, and the same as text again. No model, no database."""

from __future__ import annotations

import re
from datetime import time
from typing import Any
from zoneinfo import available_timezones

import yaml

from bookings import yaml_lines as lines
from bookings.yaml_lines import Key
from clinic.people import languages, steps
from clinic.people.steps import MAY_STOP, USUAL, Steps
from intake.offered import OWN
from intake.reasons import BY_SLUG

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(value)
    return value


def _email(value: str) -> str:
    if value and not EMAIL.fullmatch(value):
        raise ValueError(value)
    return value


def _country(value: str) -> str:
    if len(value) != 2 or not value.isalpha():
        raise ValueError(value)
    return value.upper()


def _ends_later(values: dict[str, Any]) -> str:
    begin, end = values["from"], values["to"]
    same_kind = begin and end and (begin.tzinfo is None) == (end.tzinfo is None)
    return "It must end after it begins." if same_kind and end <= begin else ""


def _is_valid_some_day(values: dict[str, Any]) -> str:
    since, until = values["since"], values["until"]
    return "`until` must not be before `since`." if since and until and until < since else ""


def _letters_fit(values: dict[str, Any]) -> str:
    keys = {name: key for key, name in UNITS.items()}
    found = steps.problems(timing(values))
    return " ".join(f"{keys.get(name, name)}: {words}" for name, words in found.items())


ZONE = lines.scalar(_zone, "This must be a time zone such as Europe/London.", "UTC")
ADDRESS = lines.scalar(_email, "This must be an email address.", "")
COUNTRY = lines.scalar(_country, "This must be a country code such as GB.", "GB")
LANGUAGE = lines.one_of(sorted(code for code, _ in languages.choices()), "language")

PRACTICE = {
    "name": Key(lines.text(120, may_be_empty=False), "Our practice"),
    "timezone": Key(ZONE, "Europe/London"),
    "country": Key(COUNTRY, "GB"),
    "language": Key(LANGUAGE, "en-GB"),
    "email": Key(ADDRESS, ""),
    "phone": Key(lines.text(40), ""),
    "address": Key(lines.text(300), ""),
    "directions": Key(lines.text(2000, many_lines=True), ""),
    "mail_from_name": Key(lines.text(120), ""),
}
LIMITS = {  # the least and the most of each number, here and at the desk
    "minimum_notice_hours": (0, 8760),
    "window_days": (1, 3660),
    "hold_minutes": (1, 120),
    "grace_minutes": (0, 1440),
    "cancel_cutoff_hours": (0, 8760),
    "move_cutoff_hours": (0, 8760),
    "max_per_day": (1, 1000),
    "max_upcoming_per_client": (1, 1000),
    "offer_hours": (1, 72),
}


def _within(name: str) -> lines.Parse:
    return lines.number(*LIMITS[name])


POLICY = {
    "minimum_notice_hours": Key(_within("minimum_notice_hours"), 24),
    "window_days": Key(_within("window_days"), 90),
    "hold_minutes": Key(_within("hold_minutes"), 15),
    "grace_minutes": Key(_within("grace_minutes"), 15),
    "cancel_cutoff_hours": Key(_within("cancel_cutoff_hours"), 24),
    "move_cutoff_hours": Key(_within("move_cutoff_hours"), 24),
    "max_per_day": Key(lines.optional(_within("max_per_day"))),
    "max_upcoming_per_client": Key(lines.optional(_within("max_upcoming_per_client"))),
    "offer_hours": Key(_within("offer_hours"), 4),
    "quiet_from": Key(lines.clock, time(20, 30)),
    "quiet_to": Key(lines.clock, time(8)),
    "ask_self_harm": Key(lines.flag, default=False),
    "intraoral_permitted": Key(lines.flag, default=True),
    "aftercare_needs_arrival": Key(lines.flag, default=False),
}
UNITS = {f"{name}_{limit.unit}": name for name, limit in steps.LIMITS.items()}
LETTERS = {
    **{
        key: Key(lines.number(steps.LIMITS[name].least, steps.LIMITS[name].most), steps.number(USUAL, name))
        for key, name in UNITS.items()
    },
    "morning": Key(lines.clock, USUAL.morning),
    "off": Key(lines.listing(lines.one_of(MAY_STOP, "letter that may be switched off")), ()),
}
ROOM = {
    "slug": Key(lines.defines("room"), is_required=True),
    "name": Key(lines.text(120, may_be_empty=False)),
}
SERVICE = {
    "slug": Key(lines.defines("service"), is_required=True),
    "name": Key(lines.text(120, may_be_empty=False)),
    "description": Key(lines.text(300), ""),
    "minutes": Key(lines.number(1, 1440), is_required=True),
    "before": Key(lines.number(0, 1440), 0),
    "after": Key(lines.number(0, 1440), 0),
    "price": Key(lines.text(40), ""),
    "needs_room": Key(lines.flag, default=False),
    "online": Key(lines.flag, default=True),
    "asks": Key(lines.listing(lines.one_of(list(BY_SLUG), "reason", or_starting=OWN)), ()),
}
INTERVAL = {
    "from": Key(lines.wall_before_midnight, is_required=True),
    "to": Key(lines.wall, is_required=True),
    "room": Key(lines.optional(lines.refers_to("room"))),
}
HOURS = {
    "days": Key(lines.listing(lines.one_of(DAYS, "day")), is_required=True),
    **INTERVAL,
    "since": Key(lines.optional(lines.day)),
    "until": Key(lines.optional(lines.day)),
}
EXCEPTION = {
    "on": Key(lines.day, is_required=True),
    "hours": Key(lines.listing(lines.mapping(INTERVAL)), ()),
}
TIME_OFF = {
    "from": Key(lines.moment, is_required=True),
    "to": Key(lines.moment, is_required=True),
    "note": Key(lines.text(120), ""),
}
PRACTITIONER = {
    "slug": Key(lines.defines("practitioner"), is_required=True),
    "name": Key(lines.text(120, may_be_empty=False)),
    "email": Key(ADDRESS, ""),
    "timezone": Key(lines.optional(ZONE)),
    "grid": Key(lines.number(1, 1440), 15),
    "about": Key(lines.text(2000, many_lines=True), ""),
    "services": Key(lines.listing(lines.refers_to("service")), ()),
    "hours": Key(lines.listing(lines.mapping(HOURS, check=_is_valid_some_day)), ()),
    "exceptions": Key(lines.listing(lines.mapping(EXCEPTION), once="on", called="exception on this date"), ()),
    "time_off": Key(lines.listing(lines.mapping(TIME_OFF, check=_ends_later)), ()),
}
FILE = {
    "practice": Key(lines.mapping(PRACTICE)),
    "policy": Key(lines.mapping(POLICY)),
    "letters": Key(lines.mapping(LETTERS, check=_letters_fit)),
    "rooms": Key(lines.listing(lines.mapping(ROOM)), ()),
    "services": Key(lines.listing(lines.mapping(SERVICE)), ()),
    "practitioners": Key(lines.listing(lines.mapping(PRACTITIONER)), ()),
}


def read(text: str) -> dict[str, Any]:
    """The file's content with every default filled in; raises FileProblems that name line and field."""
    content = lines.read(text, FILE)
    defaults = {"practice": PRACTICE, "policy": POLICY, "letters": LETTERS}
    for section, keys in defaults.items():
        content[section] = content[section] or {name: key.default for name, key in keys.items()}
    return content


def timing(letters: dict[str, Any]) -> Steps:
    """The section on letters as the planners read it."""
    spans = {name: steps.span(name, letters[key]) for key, name in UNITS.items()}
    return Steps(morning=letters["morning"], off=frozenset(letters["off"]), **spans)


def letters(timing: Steps) -> dict[str, Any]:
    """The same as it stands in the file."""
    spans: dict[str, Any] = {key: steps.number(timing, name) for key, name in UNITS.items()}
    return spans | {"morning": f"{timing.morning:%H:%M}", "off": sorted(timing.off)}


def write(content: dict[str, Any]) -> str:
    """The content as a file."""
    return yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


def wall_words(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


class _Plain(yaml.SafeDumper):
    """Without anchors: a list that comes twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
