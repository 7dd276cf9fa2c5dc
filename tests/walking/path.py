"""The whole path, step by step, for whoever walks it: book, answer, read, hold the session, follow up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar

from tests.mailbox import text_of
from tests.serving import Site
from tests.walking.letters import LETTERS, assert_says, expected
from tests.walking.walker import Walker, calm_choice

MOST_PAGES = 120
NOTHING = timedelta()
NAME = "Nora Quill"
INTAKE: dict[str, str | list[str]] = {"gen_goal": "Chew without a click", "gen_today": ["fever"], "gen_concern": "6"}
RECORD: dict[str, str | list[str]] = {
    "areas": ["head", "neck"],
    "asked_today": ["head", "neck"],
    "touch_style": "Light and still",
    "emotional_release": "None",
    "leave_check": [],  # all of them
}
AFTERWARDS = ["After the session", "The next morning", "A one-minute check-in"]
Answers = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Booked:
    """What was chosen."""

    starts_at: datetime
    words: str  # as the page said it: "Tuesday 25 November at 10:00"


def book(client: Walker, *, name: str, email: str, service: str, practitioner: str, since: str, why: str) -> Booked:
    """Four screens: service, times, details, booked."""
    client.open("/")
    client.press("Book a session")
    client.press(f"See times for {service}")
    chooser = next(form for form in client.page.forms() if form.method == "get")
    client.answer(chooser.field("Who would you like to see?"), practitioner)
    client.answer(chooser.field("From what day?"), since)
    client.press("Show times")
    slot = next(button for form in client.page.forms() for button in form.buttons if button.name == "start")
    client.press(slot.words)
    client.reads(f"{slot.words} with {practitioner}")
    client.fill({"Name": name, "Email address": email, "What brings you?": why})
    client.press("Book this session")
    assert client.page.heading == "You are booked"
    client.reads(f"We are sending this to {email}.")
    return Booked(datetime.fromisoformat(slot.value), slot.words)


def answer_intake(client: Walker, link: str, *, name: str, answers: Answers) -> list[str]:
    """Every part that is asked, to the signature; returns the headings of the care cards that were shown."""
    client.open(link)
    client.fill({"keep": "on"} if _has(client, "keep") else {})
    client.press("Start")
    cards: list[str] = []
    for _ in range(MOST_PAGES):
        if client.address.endswith("/done/"):
            return cards
        _one_page(client, name, answers, cards)
    raise AssertionError(f"the questions have no end: {client.address} {client.page.main[:500]}")


def _one_page(client: Walker, name: str, answers: Answers, cards: list[str]) -> None:
    tail = client.address.rstrip("/").rsplit("/", 1)[1]
    if tail == "list":
        client.press(_next_part(client))
    elif tail == "help":
        cards.append(client.page.main)
        client.press("I have read this. Carry on")
    elif tail == "you":
        client.fill({"Day": "27", "Month": "3", "Year": "1984"})
        client.press("Continue")
    elif tail == "touch":
        client.press("Ask me each time, about every place")
    elif tail == "check":
        client.press("Continue")
    elif tail == "sign":
        _sign(client, name)
    else:
        answer_page(client, answers)
        before = client.address
        client.press("Continue")
        assert client.address != before, client.page.main


def _next_part(client: Walker) -> str:
    """The first part on the list that is not done; then the check at its end."""
    return next(words for words, rest in client.page.items() if words and rest != "Done")


def _sign(client: Walker, name: str) -> None:
    for field in client.form().fields:
        if field.kind == "checkbox":
            client.choose(field, [value for value, _ in field.options])
        elif field.kind == "radio":
            client.answer(field, "Yes")
        elif field.kind == "text":
            client.write(field, name)
    client.press("Sign and send")


def answer_page(client: Walker, answers: Answers) -> None:
    """Answer what is on the page: as told, else as a well person would; words only where told."""
    for field in client.form().fields:
        told = answers.get(field.name, answers.get(field.name.split("-")[-1]))
        if field.kind in {"hidden", "submit"}:
            continue
        if told is not None and field.options:
            client.choose(field, told if isinstance(told, list) else [told])
        elif told is not None:
            client.write(field, str(told))
        elif field.options and not field.chosen and "(optional)" not in field.label:
            client.choose(field, [calm_choice(field)])


def read_and_decide(desk: Walker, *, client_name: str, decision: str, reason: str) -> None:
    """Find the intake in the queue, decide on what waits, sign it off."""
    desk.open("/desk/intakes/")
    desk.press(client_name)
    desk.unfold("Decide")
    form = desk.form("Keep this decision")
    decide = next(field for field in form.fields if field.kind == "radio")
    desk.answer(decide, decision)
    desk.write(next(field for field in form.fields if field.kind in {"text", "textarea"}), reason)
    desk.press("Keep this decision")
    desk.reads(f"{decision}. {reason}")
    desk.press("Mark as read")
    desk.reads("Read by ")


def hold_session(desk: Walker, *, client_name: str, record: Answers) -> list[str]:
    """Arrived, record, the letters to come, signed; returns the titles of those letters."""
    desk.open("/desk/")
    desk.press(f"Arrived: {client_name}")
    desk.open("/desk/")
    desk.press(f"Write record of {client_name}")
    for name, answer in record.items():
        field = desk.form().field(name)
        if isinstance(answer, list):
            desk.choose(field, answer or [value for value, _ in field.options])
        else:
            desk.answer(field, answer)
    desk.press("Save and see the letters")
    assert desk.page.heading == "Letters after the session", desk.page.main
    letters = [words for words in desk.page.headings("h2") if words != "Letters that only a person sends"]
    desk.press("Close and sign")
    desk.reads("Signed by")
    return letters


def answer_checkin(client: Walker, link: str, answers: Answers) -> str:
    """The check-in behind the link in the letter; returns the words of its last page."""
    client.open(link)
    for _ in range(MOST_PAGES):
        if client.page.heading == "Thank you":
            return client.page.main
        buttons = [button.words for form in client.page.forms() for button in form.buttons]
        if client.page.heading != "Please read this first":
            answer_page(client, answers)
        client.press(buttons[-1])
    raise AssertionError(client.page.main)


def walk(site: Site, client: Walker, desk: Walker, *, email: str) -> Booked:
    """All of it, from the first page to the letter a week later; beat and worker send every letter."""
    when = book(
        client,
        name=NAME,
        email=email,
        service="First session",
        practitioner="Ama Owusu",
        since="In 2 weeks",
        why="Jaw",
    )
    booked = _letter(site, email, 0, when)
    assert_invites(booked, when.starts_at)
    cards = answer_intake(client, link_in(booked, "/i/"), name=NAME, answers=INTAKE)
    assert len(cards) == 1
    assert "Let us talk first" in cards[0]
    desk.open("/demo/")
    desk.press("Sign in as Ama Owusu")
    read_and_decide(desk, client_name=NAME, decision="Go ahead", reason="Only a cold, over by now.")
    _wait_for(site, email, when, 1, before=timedelta(hours=47))
    _wait_for(site, email, when, 2, before=timedelta(hours=20))
    site.turn_clock(when.starts_at + timedelta(minutes=2))
    assert hold_session(desk, client_name=NAME, record=RECORD)[:3] == AFTERWARDS
    _wait_for(site, email, when, 3, after=timedelta(hours=5))
    _wait_for(site, email, when, 4, after=timedelta(hours=26))
    checkin = _wait_for(site, email, when, 5, after=timedelta(hours=52))
    assert "See you soon" in answer_checkin(client, link_in(checkin, "/c/"), {})
    _wait_for(site, email, when, 6, after=timedelta(days=8))
    assert len(site.mails(email)) == len(LETTERS)
    return when


def _wait_for(
    site: Site, email: str, when: Booked, number: int, *, before: timedelta = NOTHING, after: timedelta = NOTHING
) -> EmailMessage:
    """Turn the clock to a time round the session, and see one letter arrive."""
    site.turn_clock(when.starts_at - before + after)
    return _letter(site, email, number, when)


def _letter(site: Site, email: str, number: int, when: Booked) -> EmailMessage:
    subject, words = expected(number, when.words)
    mail = site.mail(email, subject)
    assert_says(mail, subject, words)
    return mail


def assert_invites(mail: EmailMessage, starts_at: datetime) -> None:
    """The letter carries a calendar file with this start."""
    files = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert files, "no calendar file came with the letter"
    content: Any = files[0].get_payload(decode=True)
    event: Any = Calendar.from_ical(content).walk("VEVENT")[0]
    assert event["DTSTART"].dt == starts_at


def link_in(mail: EmailMessage, start: str) -> str:
    """The address in a letter whose path begins so."""
    for address in re.findall(r"https?://\S+", text_of(mail)):
        if urlsplit(address).path.startswith(start):
            return str(address)
    raise AssertionError(f"no {start} in {text_of(mail)}")


def _has(walker: Walker, name: str) -> bool:
    return any(field.name == name for form in walker.page.forms() for field in form.fields)
