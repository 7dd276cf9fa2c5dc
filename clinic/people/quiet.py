"""Quiet hours: letters that nobody waits for do not ring at night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING = timedelta(minutes=30)  # a letter moved to the evening leaves this long before the quiet begins


@dataclass(frozen=True)
class Quiet:
    """From and to on the client's wall clock; usually over midnight."""

    begins: time
    ends: time
    zone: ZoneInfo

    def covers(self, moment: datetime) -> bool:
        wall = moment.astimezone(self.zone).time()
        if self.begins > self.ends:
            return wall >= self.begins or wall < self.ends
        return self.begins <= wall < self.ends

    def earlier(self, moment: datetime) -> datetime:
        """The same moment, or the evening before the quiet that covers it."""
        return self.evening_before(moment) if self.covers(moment) else moment

    def later(self, moment: datetime) -> datetime:
        """The same moment, or the end of the quiet that covers it."""
        if not self.covers(moment):
            return moment
        local = moment.astimezone(self.zone)
        day = local.date() + timedelta(days=self.begins > self.ends and local.time() >= self.begins)
        return datetime.combine(day, self.ends, tzinfo=self.zone).astimezone(UTC)

    def evening_before(self, moment: datetime) -> datetime:
        """Shortly before the last beginning of the quiet that is not after this moment."""
        local = moment.astimezone(self.zone)
        day = local.date() - timedelta(days=local.time() < self.begins)
        wall = datetime.combine(day, self.begins) - EVENING
        return wall.replace(tzinfo=self.zone).astimezone(UTC)
