"""From the services to "you are booked", in one browser, without script."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.holding import hold
from bookings.models import Booking, Service
from clinic.people.models import Client, Link, Practice, Practitioner
from intake.models import Request
from tests import cast, make
from tests.bookings.conftest import press
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db
DETAILS = {"name": "Ada Byron", "email": "ada@example.org", "phone": "", "reasons": ["jaw", "stress"]}
TIMES = "/book/times/?service=first"


def page(browser: Browser, address: str, status: int = 200) -> str:
    response = browser.get(address)
    assert response.status_code == status
    return response.content.decode()


# --- service ---------------------------------------------------------------------------------------------------------


def test_one_service_is_not_asked_about(client: Browser, first: Service) -> None:
    assert client.get("/book/")["Location"] == TIMES


def test_several_services_are_listed_with_length_and_price(client: Browser, first: Service) -> None:
    short = make.service("short", name="Short session", minutes=45, price="£50")
    make.offers(cast.clara(), short)
    make.service("secret", name="Not online", is_online=False)

    html = page(client, "/book/")
    assert "First session" in html
    assert "45 minutes, £50" in html
    assert "/book/times/?service=short" in html
    assert "Not online" not in html


def test_nothing_to_book_says_whom_to_ask(client: Browser, clock: time_machine.Traveller) -> None:
    assert "Call or email us" in page(client, "/book/")


# --- times -----------------------------------------------------------------------------------------------------------


def test_times_are_a_list_of_days_with_the_first_in_words_and_the_zone_named(client: Browser, first: Service) -> None:
    html = page(client, TIMES)

    assert "The first free time is Tuesday 2 February at 9:00. Times are in London time." in html
    assert '<span class="vh">Tuesday 2 February at </span>9:00</button>' in html
    assert 'role="status">84 free times, Tuesday 2 February to Thursday 4 February<' in html
    assert "Anyone, first free" in html
    assert "from=2027-02-05" in html


def test_an_unknown_service_goes_back_to_the_services(client: Browser, first: Service) -> None:
    assert client.get("/book/times/?service=nothing")["Location"] == "/book/"


@pytest.mark.parametrize("asked", ["from=nonsense", "from=9999-99-99", "practitioner=nobody"])
def test_a_strange_address_shows_times_all_the_same(client: Browser, first: Service, asked: str) -> None:
    assert "free times" in page(client, f"{TIMES}&{asked}")


def test_who_and_from_when_stand_in_the_address(client: Browser, first: Service) -> None:
    make.booked(start=TEN.replace(hour=9))

    clara = page(client, f"{TIMES}&practitioner=clara&from=2027-02-08")
    anyone = page(client, f"{TIMES}&from=2027-02-08")
    assert "The first free time from that day is Monday 8 February at 10:30" in clara
    assert "The first free time from that day is Monday 8 February at 9:00" in anyone
    assert '<option value="clara" selected>' in clara


def test_one_practitioner_is_named_rather_than_asked_about(client: Browser, first: Service) -> None:
    Practitioner.objects.filter(slug="dov").update(is_active=False)

    html = page(client, TIMES)
    assert "With Clara Weiss" in html
    assert "Who would you like to see?" not in html


def test_no_free_time_says_so_and_whom_to_ask(client: Browser, first: Service) -> None:
    html = page(client, f"{TIMES}&from=2029-01-01")

    assert "No free times" in html
    assert "Call or email us" in html


def test_the_number_of_queries_does_not_grow_with_people_and_bookings(client: Browser, first: Service) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(client, TIMES)
    for number in range(3):
        who = Practitioner.objects.create(slug=f"p{number}", name=f"P {number}")
        make.offers(who, first)
        make.booking(cast.ben(), who, of=first)
    with CaptureQueriesContext(connection) as many:
        page(client, TIMES)
    assert len(many) == len(few)


def test_pressing_a_time_holds_it_and_goes_on_to_the_details(client: Browser, first: Service) -> None:
    address = press(client, TEN)

    held = Booking.objects.get()
    assert address == f"/book/details/{held.code}/"
    assert (held.status, held.starts_at, held.practitioner) == ("held", TEN, cast.clara())
    cookie = client.cookies["visitor"]
    assert cookie["httponly"]
    assert cookie.value.split(":")[0] == held.visitor


def test_a_time_that_is_gone_shows_the_nearest_and_no_hold_is_made(client: Browser, first: Service) -> None:
    for who in (cast.clara(), cast.dov()):
        hold(service=first, practitioner=who, start=TEN, visitor=who.slug, now=NOW)

    response = client.post(TIMES, {"start": TEN.isoformat()})
    html = response.content.decode()
    assert response.status_code == 409
    assert "That time has just been taken." in html
    assert "<title>\n" not in html
    assert "Error: Choose a time" in html
    assert 'value="2027-02-08T11:30Z">Monday 8 February at 11:30</button>' in html
    assert Booking.objects.count() == 2


@pytest.mark.parametrize("start", ["", "soon", "2027-02-08T10:00", "2027-02-08T10:00:30Z", "9999-12-31T23:59Z", "\x00"])
def test_a_start_that_no_button_posts_is_refused_in_words(client: Browser, first: Service, start: str) -> None:
    response = client.post(TIMES, {"start": start})

    assert response.status_code == 409
    assert "Choose one of the times on the page." in response.content.decode()


# --- details ---------------------------------------------------------------------------------------------------------


def test_the_details_show_the_summary_and_until_when_it_is_held(client: Browser, held: str) -> None:
    html = page(client, held)

    assert "<strong>Monday 8 February at 10:00</strong> with Clara Weiss" in html
    assert "We hold this time for you until 9:15." in html
    assert "First session, 75 minutes, £85" in html
    assert "Book this session" in html
    assert 'name="reasons" value="jaw"' in html.replace("\n", " ") or 'value="jaw"' in html


def test_only_the_browser_that_holds_a_time_sees_it(held: str) -> None:
    stranger = Browser()

    assert stranger.get(held).status_code == 404
    assert stranger.post(held, DETAILS).status_code == 404
    assert stranger.get(held.replace("details", "done")).status_code == 404


def test_a_cookie_that_was_tampered_with_counts_as_none(client: Browser, held: str) -> None:
    client.cookies["visitor"] = Booking.objects.get().visitor + ":forged:signature"

    assert client.get(held).status_code == 404


def test_booking_goes_to_the_page_that_says_so(client: Browser, held: str) -> None:
    response = client.post(held, DETAILS)

    booking = Booking.objects.get()
    assert response["Location"] == f"/book/done/{booking.code}/"
    assert (booking.status, booking.client) == ("booked", cast.ada())
    assert Request.objects.get(about=booking.code).questionnaires == ["general", "jaw", "stress"]


def test_a_double_press_shows_the_same_booking(client: Browser, held: str) -> None:
    assert client.post(held, DETAILS)["Location"] == client.post(held, DETAILS)["Location"]
    assert Booking.objects.count() == 1
    assert client.get(held)["Location"].startswith("/book/done/")


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Enter your name."),
        ("name", "x" * 121, "Use 120 characters or fewer."),
        ("name", "Ada\x00", "Name: leave out control characters."),
        ("email", "", "Enter your email address."),
        ("email", "ada at example", "Enter an email address like name@example.org."),
        ("email", "ada@example.org\nBcc: all@example.org", "Enter an email address like name@example.org."),
        ("phone", "12", "Enter a phone number like 07700 900 123, or leave this empty."),
        ("reasons", ["everything"], "Choose from the list."),
    ],
)
def test_a_fault_is_named_beside_its_field_and_everything_typed_is_kept(
    client: Browser, held: str, field: str, typed: str | list[str], words: str
) -> None:
    sent = {"name": "Zoe Q.", "email": "zoe@example.org", "phone": "07700 900123", "reasons": ["sleep"], field: typed}
    html = client.post(held, sent).content.decode()

    assert "Error: Your details" in html
    assert words in html
    assert all(str(sent[name]) in html for name in ("name", "email", "phone") if name != field)
    assert Booking.objects.get().status == "held"
    assert not Client.objects.exists()


def test_a_name_with_line_breaks_is_written_on_one_line(client: Browser, held: str) -> None:
    client.post(held, {**DETAILS, "name": "  Ada\r\nByron\u2028 "})

    assert Client.objects.get().name == "Ada Byron"


def test_more_time_is_one_press_and_keeps_what_was_typed(
    client: Browser, held: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(minutes=10))

    html = client.post(held, {"name": "Ada", "email": "", "reasons": ["jaw", "sleep"], "more": "1"}).content.decode()
    assert "until 9:25" in html
    assert 'value="Ada"' in html
    assert html.count(" checked") == 2
    assert "There is a problem" not in html


def test_a_hold_that_ran_out_says_so_and_can_still_be_booked(
    client: Browser, held: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(minutes=20))

    assert "We do not hold this time any more, but it is still free." in page(client, held)
    assert "/book/done/" in client.post(held, DETAILS)["Location"]


def test_a_lost_time_keeps_what_was_typed_and_the_nearest_can_be_booked_with_it(
    client: Browser, held: str, first: Service, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(minutes=20))
    for who in (cast.clara(), cast.dov()):
        hold(service=first, practitioner=who, start=TEN, visitor=who.slug, now=NOW + timedelta(minutes=20))

    html = client.post(held, {**DETAILS, "phone": "07700 900123"}).content.decode()
    assert "is gone" in html
    assert all(typed in html for typed in ("Ada Byron", "ada@example.org", "07700 900123"))
    assert "Monday 8 February at 11:30" in html
    assert not Client.objects.exists()

    response = client.post(held, {**DETAILS, "start": "2027-02-08T11:30Z"})
    assert "/book/done/" in response["Location"]
    assert Booking.objects.get(status="booked").starts_at == TEN + timedelta(minutes=90)


def test_pressing_book_when_lost_without_choosing_asks_for_a_time(
    client: Browser, held: str, first: Service, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(minutes=20))
    for who in (cast.clara(), cast.dov()):
        hold(service=first, practitioner=who, start=TEN, visitor=who.slug, now=NOW + timedelta(minutes=20))
    client.get(held)

    assert "Choose a time." in client.post(held, DETAILS).content.decode()


# --- booked ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def done(client: Browser, held: str) -> str:
    return client.post(held, DETAILS)["Location"]


def test_booked_says_when_with_whom_where_and_what_happens_next(client: Browser, done: str) -> None:
    html = page(client, done)

    assert "You are booked" in html
    assert "<strong>Monday 8 February at 10:00 to 11:15</strong> with Clara Weiss" in html
    assert "ada@example.org" in html
    assert "There is nothing more you must do today." in html
    assert "1 High Street" in html
    assert "We write to you two days before, and the day before." in html
    assert "You can move or cancel until Sunday 7 February at 10:00" in html


def test_a_late_booking_promises_no_reminders_and_says_how_to_change_it(client: Browser, first: Service) -> None:
    Practice.objects.update(minimum_notice_hours=1)
    done = client.post(press(client, NOW + timedelta(hours=5)), DETAILS)["Location"]
    html = page(client, done)

    assert "We write to you" not in html
    assert "You can take this back within 15 minutes" in html


def test_looking_at_the_page_makes_no_secret_address(client: Browser, done: str) -> None:
    page(client, done)

    assert not Link.objects.exists()


def test_the_questions_and_the_booking_open_at_a_press(client: Browser, done: str) -> None:
    questions = client.post(f"{done}go-on/", {"to": "questions"})
    manage = client.post(f"{done}go-on/", {"to": "booking"})

    assert "/i/" in questions["Location"]
    assert client.get(manage["Location"]).status_code == 200


def test_the_calendar_file_is_there_for_the_browser_that_booked(client: Browser, done: str) -> None:
    response = client.get(f"{done}appointment.ics")

    assert response["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY:Appointment" in response.content
    assert Browser().get(f"{done}appointment.ics").status_code == 404


def test_pages_about_a_person_are_never_stored_and_addresses_hold_nothing_personal(client: Browser, done: str) -> None:
    response = client.get(done)

    assert response["Cache-Control"] == "no-store"
    assert reverse("booking-done", args=[Booking.objects.get().code]) == done


# --- pressed twice ---------------------------------------------------------------------------------------------------


def test_a_press_on_a_time_and_the_details_lead_to_one_booking_however_often_they_are_sent(
    client: Browser, first: Service
) -> None:
    """Both name what they are about: the same visitor's same time is the same hold, and a hold becomes one booking."""
    assert len({press(client, TEN) for _ in range(3)}) == 1
    held = press(client, TEN)

    assert len({client.post(held, DETAILS)["Location"] for _ in range(3)}) == 1
    assert client.post(held, {**DETAILS, "name": "Somebody Else"})["Location"] == client.get(held)["Location"]
    assert (Booking.objects.count(), Client.objects.count()) == (1, 1)


def test_a_press_whose_answer_was_lost_finds_its_own_hold(client: Browser, first: Service) -> None:
    """The cookie that names the visitor was lost with the answer; another form or another browser is somebody else."""
    page(client, TIMES)
    form = {"start": "2027-02-08T10:00Z", "form_key": str(uuid4())}
    held = client.post(TIMES, form)["Location"]
    del client.cookies["visitor"]

    assert client.post(TIMES, form)["Location"] == held
    assert client.get(held).status_code == 200
    del client.cookies["visitor"]
    assert client.post(TIMES, {**form, "form_key": str(uuid4())})["Location"] != held
    assert Browser().post(TIMES, form).status_code == 409  # with anyone there were two such times
    assert Booking.objects.count() == 2


def test_the_same_form_with_other_data_is_refused_in_words(client: Browser, held: str) -> None:
    page(client, held)  # brings the cookie that says whose form it is
    form = {**DETAILS, "form_key": str(uuid4())}
    first = client.post(held, form)["Location"]

    response = client.post(held, {**form, "name": "Somebody Else"})
    assert (response.status_code, client.post(held, form)["Location"]) == (422, first)
    assert "You sent it once with other answers." in response.content.decode()
    assert (Booking.objects.count(), Client.objects.count()) == (1, 1)


def test_a_form_for_another_time_sent_again_leads_to_the_booking_it_made(
    client: Browser, held: str, first: Service, clock: time_machine.Traveller
) -> None:
    """Her first time was lost, and so was the answer to her second: it must not look taken to its own owner."""
    clock.move_to(NOW + timedelta(minutes=20))
    for who in (cast.clara(), cast.dov()):
        hold(service=first, practitioner=who, start=TEN, visitor=who.slug, now=NOW + timedelta(minutes=20))
    page(client, held)
    form = {**DETAILS, "start": "2027-02-08T11:30Z", "form_key": str(uuid4())}

    answers = [client.post(held, form) for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.get(status="booked").starts_at == TEN + timedelta(minutes=90)


def test_every_form_that_is_posted_carries_a_key(client: Browser, held: str) -> None:
    for address in (TIMES, held, "/book/waitlist/?service=first"):
        html = page(client, address)
        assert html.count('method="post"') == html.count('name="form_key"') > 0


def test_the_booked_page_leads_to_more_sessions_and_to_calendars(client: Browser, done: str) -> None:
    html = page(client, done)

    assert "Book more sessions at this time" in html
    assert "https://calendar.google.com/calendar/render?action=TEMPLATE&amp;text=Appointment" in html
    assert f'href="{done}appointment.ics"' in html
