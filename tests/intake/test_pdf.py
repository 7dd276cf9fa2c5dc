"""An intake as a PDF: its words can be found, names stand in their own letters, and nothing private is in its name."""

import os
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st
from time_machine import TimeMachineFixture

from clinic.people.models import AuditEvent, Client
from intake import pdf
from intake.models import Request
from intake.pdf import CannotWrite, Line
from tests import cast, make
from tests.cast import NOW
from tests.intake.answers import send
from tests.intake.pdf_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FONTS = [Path(folder) for folder in settings.PDF_FONTS]
NAMES = ["Zoë Ñandú", "Łukasz Żółć", "Ελένη Παπαδοπούλου", "Наталія Їжак", "Nguyễn Thị Ánh", "Þórður Ægisson"]
HAS_FONT = any((folder / pdf.PLAIN).is_file() for folder in FONTS)
# Where CI is set they run, and fail, rather than be left out without a word.
needs_font = pytest.mark.skipif(not HAS_FONT and not os.environ.get("CI"), reason="fonts-dejavu-core is not here")


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def desk(client: Browser) -> Browser:
    client.force_login(cast.user_of(cast.clara()))
    return client


def sent(name: str = "Ada Byron") -> Request:
    asked = send(make.intake_request(), gen_goal="<b>sleep</b> & rest", gen_today=["chest"])
    Client.objects.filter(code=asked.client_id).update(name=name)
    return asked


def written(*lines: Line) -> str:
    return text_of(pdf.write(lines, foot="", fonts=FONTS, more=[], now=NOW))


@needs_font
def test_names_stand_in_their_own_letters() -> None:
    found = written(*(Line(name) for name in NAMES))

    assert found.splitlines()[: len(NAMES)] == NAMES


@needs_font
def test_everything_of_an_intake_can_be_found_in_it(desk: Browser) -> None:
    asked = sent(NAMES[0])

    answer = desk.get(reverse("desk-intake-pdf", args=[asked.code]))

    assert answer["Content-Type"] == "application/pdf"
    found = text_of(answer.content)
    assert NAMES[0] in found
    assert "<b>sleep</b> & rest" in found
    assert "Chest pain or trouble breathing" in found
    assert "I can say no, pause or stop at any time." in found
    assert (
        found.index("Safety answers")
        < found.index("Where touch is all right")
        < found.index("What would you most like help with?")
    )


@needs_font
def test_neither_its_name_nor_its_facts_say_what_it_holds(desk: Browser) -> None:
    asked = sent()

    answer = desk.get(reverse("desk-intake-pdf", args=[asked.code]))

    assert answer["Content-Disposition"] == f'attachment; filename="intake-{asked.code.hex[:8]}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert b"Ada" not in answer.content
    event = AuditEvent.objects.get(verb="took as PDF")
    assert (event.actor, event.client_code) == (cast.user_of(cast.clara()), asked.client_id)


def test_nobody_else_takes_it(client: Browser) -> None:
    asked = sent()
    for other in (cast.fay(), cast.user_of(cast.dov())):
        client.force_login(other)
        assert client.get(reverse("desk-intake-pdf", args=[asked.code])).status_code == HTTPStatus.NOT_FOUND
    assert not AuditEvent.objects.filter(verb="took as PDF").exists()


@override_settings(PDF_FONTS=["/nowhere"])
def test_without_a_font_the_page_to_print_is_offered(desk: Browser) -> None:
    asked = sent()

    answer = desk.get(reverse("desk-intake-pdf", args=[asked.code]))

    assert answer.status_code == HTTPStatus.NOT_IMPLEMENTED
    assert "fonts-dejavu-core" in answer.content.decode()
    assert reverse("desk-intake", args=[asked.code]) in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="took as PDF").exists()


@needs_font
def test_letters_that_no_font_has_are_named_and_never_left_out(desk: Browser) -> None:
    asked = sent("王小明")

    answer = desk.get(reverse("desk-intake-pdf", args=[asked.code]))

    assert answer.status_code == HTTPStatus.NOT_IMPLEMENTED
    page = answer.content.decode()
    assert all(letter in page for letter in "王小明")
    with pytest.raises(CannotWrite):
        written(Line("王小明"))


@needs_font
def test_names_from_right_to_left_are_written_with_their_letters_joined() -> None:
    text = written(Line("שרה לוי"), Line("محمد"), Line("Łukasz Żółć, Αθήνα")).replace("\n", "")

    for name in ("שרה", "לוי", "Łukasz Żółć, Αθήνα"):
        assert name in text or name[::-1] in text  # they stand in the order of writing


@needs_font
def test_a_long_intake_takes_several_pages_with_the_name_on_each() -> None:
    lines = [Line("Ada", kind="title"), *(Line("words " * 30, f"question {n}") for n in range(80))]

    document = pdf.write(lines, foot="Ada", fonts=FONTS, more=[], now=NOW)

    assert document.count(b"/Type /Page\n") > 3
    assert all(f"question {n}" in text_of(document) for n in range(80))


@needs_font
@tries(max_examples=6, deadline=None)
@given(st.text(st.characters(codec="latin-1", categories=["L", "N", "P"]), min_size=1, max_size=40))
def test_whatever_is_written_can_be_found(words: str) -> None:
    assert words in written(Line(words)).replace("\n", "")
