"""Template filters that say times in words: `{{ booking.starts_at|day_time:zone }}`."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo

from django import template

from clinic.people import languages, wording

register = template.Library()


def _zone(zone: tzinfo | str) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


register.filter("day", lambda moment, zone: wording.day(moment, _zone(zone)))
register.filter("day_with_year", lambda moment, zone: wording.day_with_year(moment, _zone(zone)))
register.filter("clock", lambda moment, zone: wording.time(moment, _zone(zone)))
register.filter("day_time", lambda moment, zone: wording.day_time(moment, _zone(zone)))
register.filter("zone_name", wording.zone_name)
register.filter("language", languages.name)
