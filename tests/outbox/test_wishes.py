"""Which optional letters come: chosen by link, by one click from the mail program, at the desk; planned and sent."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import travel

from aftercare import letters
from aftercare.access import Session
from clinic.outbox import choosing, wishes
from clinic.outbox.draining import drain
from clinic.outbox.models import Declined, Message
from clinic.outbox.registry import KINDS
from clinic.outbox.services import differences
from clinic.people.models import AuditEvent, Link, User
from reception.merging import merge
from tests import cast, make
from tests.aftercare.words import queued, written
from tests.cast import NOW
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
ENDS = NOW + timedelta(hours=2)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ALL = {"m10_after", "m11_morning", "m12_checkin", "m12b_checkin_nudge", "m13_week"}
EVERY = frozenset(each.kind for each in wishes.switches())


@pytest.fixture(autouse=True)
def at_the_end():  # type: ignore[no-untyped-def]
    with travel(ENDS, tick=False):
        yield


@pytest.fixture
def session() -> Session:
    make.practice()
    make.help_numbers()
    made = make.session()
    letters.resync(made, now=NOW)
    return made


@pytest.fixture
def token(session: Session) -> str:
    return token_of(session, "m11_morning")


def token_of(session: Session, kind: str) -> str:
    mail = written(kind, session.booking.code, ENDS)
    return mail.headers["List-Unsubscribe"].strip("<>").rstrip("/").rsplit("/", 1)[-1]


def press(token: str, data: dict[str, object]) -> str:
    return Browser().post(reverse("stop", args=[token]), data).content.decode()


@pytest.mark.parametrize("name", ["stop", "stop-short"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_it_changes_nothing(session: Session, token: str, name: str, method: str) -> None:
    getattr(Browser(), method)(reverse(name, args=[token]))

    assert wishes.on(cast.ada()) == EVERY
    assert queued(session.booking.code).keys() == ALL


def test_every_optional_kind_has_a_switch_with_words(token: str) -> None:
    page = Browser().get(reverse("stop-short", args=[token])).content.decode()

    assert {kind for each in wishes.switches() for kind in each.kinds} == {
        kind.name for kind in KINDS.values() if kind.optional
    }
    for each in wishes.switches():
        assert each.title in page
        assert each.says in page
        assert each.says


def test_one_click_stops_this_kind_without_a_cookie_or_a_redirect(session: Session, token: str) -> None:
    mail_program = Browser(enforce_csrf_checks=True)

    answer = mail_program.post(reverse("stop-short", args=[token]), ONE_CLICK)  # multipart

    assert (answer.status_code, answer.cookies.keys() - {"csrftoken"}) == (200, set())
    assert wishes.on(cast.ada()) == EVERY - {"m11_morning"}
    assert queued(session.booking.code).keys() == ALL - {"m11_morning"}


def test_one_click_takes_a_plain_form_too_and_twice_is_once(session: Session, token: str) -> None:
    mail_program, address = Browser(enforce_csrf_checks=True), reverse("stop-short", args=[token])

    for _ in range(2):
        answer = mail_program.post(
            address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 200

    assert [event.fields for event in AuditEvent.objects.filter(verb="chose letters")] == [["m11_morning"]]


def test_one_press_stops_this_kind_and_offers_all(session: Session, token: str) -> None:
    page = press(token, {"act": "stop"})

    assert "You will not get “The next morning” any more." in page
    assert "Stop all letters after a session" in page
    assert queued(session.booking.code).keys() == ALL - {"m11_morning"}


def test_the_nudge_stops_with_the_check_in(session: Session) -> None:
    press(token_of(session, "m12b_checkin_nudge"), {"act": "stop"})

    assert queued(session.booking.code).keys() == ALL - {"m12_checkin", "m12b_checkin_nudge"}


def test_all_can_be_stopped_and_undo_brings_back_what_there_was(session: Session, token: str) -> None:
    press(token, {"act": "stop"})

    page = press(token, {"act": "all"})

    assert "You will get no more letters after a session." in page
    assert queued(session.booking.code) == {}
    before = [part.split('"')[0] for part in page.split('type="hidden" name="on" value="')[1:]]
    assert set(before) == EVERY - {"m11_morning"}
    press(token, {"on": before})
    assert wishes.on(cast.ada()) == EVERY - {"m11_morning"}
    assert queued(session.booking.code).keys() == ALL - {"m11_morning"}


def test_what_is_ticked_comes_and_the_rest_does_not(session: Session, token: str) -> None:
    page = press(token, {"on": ["m10_after", "nonsense"]})

    assert "Your choice is saved." in page
    assert wishes.on(cast.ada()) == {"m10_after"}
    assert queued(session.booking.code).keys() == {"m10_after"}


def test_letters_of_every_coming_session_follow_the_wish(session: Session, token: str) -> None:
    other = make.session(client=session.client, starts_at=NOW + timedelta(days=14))
    letters.resync(other, now=NOW)

    press(token, {"act": "stop"})

    assert "m11_morning" not in queued(other.booking.code)
    assert "m10_after" in queued(other.booking.code)


def test_the_page_itself_needs_its_own_form(token: str) -> None:
    assert Browser(enforce_csrf_checks=True).post(reverse("stop", args=[token])).status_code == 403


@pytest.mark.parametrize("name", ["stop", "stop-short"])
def test_an_unknown_link_changes_nothing(session: Session, name: str) -> None:
    assert Browser().post(reverse(name, args=["nonsense"]), ONE_CLICK).status_code == 404
    assert wishes.on(cast.ada()) == EVERY


def test_whoever_holds_the_link_of_a_booking_may_choose_too(session: Session) -> None:
    token = make.link_token(Link.Purpose.BOOKING, session.client, session.booking.code)

    assert Browser().get(reverse("stop", args=[token])).status_code == 200
    press(token, {"on": ["m13_week"]})
    assert wishes.on(cast.ada()) == {"m13_week"}


def test_a_letter_already_planned_is_looked_at_again_as_it_leaves(session: Session, mailbox: Mailbox) -> None:
    """As if the wish came in the very moment in which the worker took the letter."""
    Declined.objects.create(client=session.client, kind="m10_after", since=ENDS)

    drain(now=ENDS + timedelta(hours=2))

    row = Message.objects.get(kind="m10_after")
    assert (row.status, row.outcome) == ("superseded", "They asked for no letters of this kind.")
    assert mailbox.mails == []


def test_without_a_wish_the_same_letter_leaves(session: Session, mailbox: Mailbox) -> None:
    drain(now=ENDS + timedelta(hours=2))

    assert "m10_after" in Message.objects.filter(status="sent").values_list("kind", flat=True)


def test_nothing_is_missing_and_nothing_extra_after_a_choice(session: Session, token: str) -> None:
    press(token, {"act": "stop"})

    found = differences(now=ENDS)

    assert {each.kind for each in found.missing} == {"m00_booked", "notice_booked"}  # make.session plans no others
    assert found.extra == []


def test_a_kind_that_is_not_optional_is_never_declined(session: Session) -> None:
    Declined.objects.create(client=session.client, kind="m00_booked", since=ENDS)

    assert not wishes.declines(session.client, "m00_booked")


class TestAtTheDesk:
    """The client says it on the phone."""

    def browser(self, user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    def test_it_is_seen_and_changed_with_a_note_of_who(self, session: Session) -> None:
        browser, address = self.browser(cast.fay()), reverse("desk-client-letters", args=[session.client.code])

        browser.post(address, {"on": sorted(EVERY - {"m13_week"})})

        assert queued(session.booking.code).keys() == ALL - {"m13_week"}
        assert "Last changed on Monday 1 February at 11:00 by Fay Front." in browser.get(address).content.decode()
        card = browser.get(reverse("desk-client", args=[session.client.code])).content.decode()
        assert "without One week on" in card

    def test_a_client_who_chose_by_link_is_named_so(self, session: Session, token: str) -> None:
        press(token, {"act": "all"})

        page = self.browser(cast.olu()).get(reverse("desk-client-letters", args=[session.client.code]))

        assert "at 11:00 by the client." in page.content.decode()

    def test_the_wrong_person_sees_nothing(self, session: Session) -> None:
        address = reverse("desk-client-letters", args=[session.client.code])

        assert self.browser(cast.user_of(cast.dov())).get(address).status_code == 404
        assert self.browser(cast.user_of(cast.dov())).post(address, {"on": []}).status_code == 404
        assert wishes.on(session.client) == EVERY


def test_of_two_clients_that_become_one_the_more_careful_wish_counts(session: Session) -> None:
    ada, ben = session.client, cast.ben()
    choosing.stop(client=ada, kind="m13_week", by=None, now=ENDS)
    choosing.stop(client=ben, kind="m10_after", by=None, now=ENDS)

    merge(kept=ada, gone=ben, actor=cast.olu(), now=ENDS)

    assert wishes.on(ada) == EVERY - {"m13_week", "m10_after"}
