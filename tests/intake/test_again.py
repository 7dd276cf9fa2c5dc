"""An urgent answer that comes again, or a second one, is news; quiet hours may also lie after midnight."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.people.quiet import Quiet
from intake import flagging, timing
from intake.models import Flag
from intake.services import save_page
from tests import cast, make
from tests.cast import NOW

HOUR = timedelta(hours=1)


@pytest.mark.django_db
def test_an_answer_given_again_after_a_person_cleared_it_is_raised_again() -> None:
    make.practice()
    asked = make.begin(make.intake_request())
    save_page(asked=asked, slug="general", answers={"gen_today": ["chest"]}, now=NOW)
    flagging.clear(flag=Flag.objects.get(severity="urgent"), seen="yes", note="Seen.", by=cast.olu(), now=NOW)
    save_page(asked=asked, slug="general", answers={"gen_today": ["none"]}, now=NOW + HOUR)

    save_page(asked=asked, slug="general", answers={"gen_today": ["chest"]}, now=NOW + 24 * HOUR)

    assert Flag.objects.filter(severity="urgent", state="open").count() == 1


def test_a_second_urgent_answer_after_the_first_was_dealt_with_is_told_at_once() -> None:
    soon = NOW + timedelta(minutes=50)
    raised = [(NOW, False), (soon, True)]

    assert timing.bursts(raised, gap=HOUR, ends_when_dealt_with=True) == [soon]


def test_quiet_hours_after_midnight_leave_the_day_alone() -> None:
    quiet = Quiet(time(0), time(7), ZoneInfo("Europe/London"))

    assert quiet.later(NOW.replace(hour=12)) == NOW.replace(hour=12)
    assert quiet.later(NOW.replace(hour=3)) == NOW.replace(hour=7)
