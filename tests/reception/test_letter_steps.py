"""When letters go: the owner changes it within limits, and letters to come move."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from aftercare.letters import resync
from clinic.outbox.models import Message
from clinic.outbox.services import sweep
from clinic.people.models import AuditEvent, Practice
from clinic.people.steps import LIMITS, MAY_STOP, USUAL, number
from tests import make
from tests.cast import NOW, clara, fay, olu, user_of

pytestmark = pytest.mark.django_db
ADDRESS = "desk-letter-steps"


def typed(**changes: object) -> dict[str, object]:
    return {name: number(USUAL, name) for name in LIMITS} | {"morning": "9:00", "on": list(MAY_STOP)} | changes


def test_letters_to_come_move_and_those_switched_off_go_away(client: Browser) -> None:
    make.practice()
    session = make.session()
    resync(session, now=NOW)
    client.force_login(olu())
    code = session.booking.code

    assert (
        client.post(reverse(ADDRESS), typed(after=60, on=[kind for kind in MAY_STOP if kind != "m13_week"])).status_code
        == 302
    )
    sweep(now=NOW)

    assert Practice.objects.the().letter_steps == {"after": 60, "off": ["m13_week"]}
    rows = {row.kind: row for row in Message.objects.about(code)}
    assert rows["m10_after"].due_at == session.booking.ends_at + timedelta(hours=1)
    assert rows["m10_after"].reason == "1 hour after the session"
    assert rows["m13_week"].status == "superseded"
    assert rows["m12_checkin"].status == "queued"
    assert AuditEvent.objects.filter(verb="changed", fields=["letter_steps"], actor=olu()).count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"after": 5},
        {"tomorrow": 40},
        {"checkin": 72},
        {"morning": "5:00"},
        {"week": "soon"},
        {"on": ["m06_urgent"]},
        {"on": []},
    ],
)
def test_what_is_not_safe_is_refused_with_its_reason_and_nothing_changes(
    client: Browser, changes: dict[str, object]
) -> None:
    client.force_login(olu())

    answer = client.post(reverse(ADDRESS), typed(**changes))

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Practice.objects.the().letter_steps == {}


def test_only_the_owner_comes_here(client: Browser) -> None:
    for user in (fay(), user_of(clara())):
        client.force_login(user)
        assert client.get(reverse(ADDRESS)).status_code == 404
    client.force_login(olu())
    assert "Usually 48, from 36 to 72." in client.get(reverse(ADDRESS)).content.decode()


def test_the_page_shows_what_goes_and_names_what_is_wrong(client: Browser) -> None:
    client.force_login(olu())

    form = client.get(reverse(ADDRESS)).context["form"]
    assert (form["on"].initial, form["morning"].initial) == (list(MAY_STOP), "9:00")

    wrong = typed(week="soon", after=5, morning="late", on=[])
    assert client.post(reverse(ADDRESS), wrong).context["form"].errors == {
        "after": ["After the session: minutes after: 30 or more. It tells how to take the same day slowly."],
        "week": ["A look back: days after: enter a whole number."],
        "morning": ["The next morning: at: enter a time, such as 10:05."],
        "on": ["Letters that go. Keep one of the two letters after a session: they say when to call for help."],
    }
    early = client.post(reverse(ADDRESS), typed(morning="5:00")).context["form"].errors
    assert early == {"morning": ["The next morning: at. Between 8:00 and 11:00."]}
