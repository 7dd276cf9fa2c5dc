"""When a client may change a booking by herself: pure rules of the practice's policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

EXTENSIONS = 10  # WCAG 2.2.1: a time limit can be extended at least ten times


@dataclass(frozen=True)
class Policy:
    """Cut-offs and the grace after booking, as lengths of time."""

    cancel_cutoff: timedelta
    move_cutoff: timedelta
    grace: timedelta
    hold: timedelta

    def may_cancel(self, *, starts_at: datetime, booked_at: datetime, now: datetime) -> bool:
        """Until the cut-off; and shortly after booking in any case."""
        return self._may(starts_at, booked_at, now, self.cancel_cutoff)

    def may_move(self, *, starts_at: datetime, booked_at: datetime, now: datetime) -> bool:
        return self._may(starts_at, booked_at, now, self.move_cutoff)

    def may_undo(self, *, done_at: datetime, starts_at: datetime, now: datetime) -> bool:
        """A change can be taken back within the grace, while the session lies ahead."""
        return now < starts_at and now <= done_at + self.grace

    def longest_hold(self, held_at: datetime) -> datetime:
        return held_at + self.hold * (EXTENSIONS + 1)

    def _may(self, starts_at: datetime, booked_at: datetime, now: datetime, cutoff: timedelta) -> bool:
        if now >= starts_at:
            return False
        return now <= starts_at - cutoff or now <= booked_at + self.grace
