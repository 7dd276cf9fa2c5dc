"""The demo's own pages: one press signs in, the clock moves letter by letter, the letters can be read."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser
from pytest_django import Settings

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Kind, Mail
from clinic.people import clock
from tests import cast, make

pytestmark = pytest.mark.django_db
PAGES = ["/demo/", "/demo/clock/", "/demo/inbox/"]


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Demo mode, with a mail folder of its own and a kind of letter to send."""
    settings.DEMO = True
    settings.MAIL_FOLDER = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    make.practice()

    def write(about: UUID, now: datetime) -> Mail:
        return Mail("ada@example.org", "Hello", "Good day. Go to https://x.org/b/abc/\n", "<p>Good day.</p>")

    KINDS["note"] = Kind("note", "A note", optional=False, write=write)
    yield
    KINDS.pop("note")


@pytest.mark.parametrize("page", PAGES)
def test_a_real_practice_has_no_demo_pages(client: Browser, page: str) -> None:
    assert client.get(page).status_code == 404


def test_a_real_practice_cannot_be_entered_with_one_press(client: Browser) -> None:
    response = client.post("/demo/sign-in/", {"email": cast.olu().email})

    assert response.status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("demo")
def test_each_page_opens_while_there_is_nothing_yet(client: Browser, page: str) -> None:
    assert client.get(page).status_code == 200


@pytest.mark.usefixtures("demo")
def test_one_press_signs_in(client: Browser) -> None:
    fay = cast.fay()

    response = client.post("/demo/sign-in/", {"email": fay.email})

    assert response.headers["Location"] == "/desk/"
    assert client.session["_auth_user_id"] == str(fay.pk)


@pytest.mark.usefixtures("demo")
def test_the_clock_moves_to_the_next_letter_and_sends_it(client: Browser) -> None:
    due = clock.now() + timedelta(days=3)
    message = make.message("note", due_at=due, not_after=due + timedelta(minutes=1))

    response = client.post("/demo/clock/move/", {"step": "next"}, follow=True)

    message.refresh_from_db()
    assert message.status == Message.Status.SENT
    assert "1 letter left." in response.content.decode()


@pytest.mark.usefixtures("demo")
def test_a_week_passes_each_letter_at_its_own_time() -> None:
    now = clock.now()
    dues = [now + timedelta(days=day) for day in (1, 2, 9)]
    for due in dues:
        make.message("note", due_at=due, not_after=due + timedelta(minutes=1))

    call_command("demo_clock", "--days", "7")

    assert list(Message.objects.order_by("due_at").values_list("status", flat=True)) == ["sent", "sent", "queued"]


@pytest.mark.usefixtures("demo")
def test_letters_can_be_read(client: Browser) -> None:
    make.message("note", due_at=clock.now(), not_after=None)
    client.post("/demo/clock/move/", {"step": "hour"})

    inbox = client.get("/demo/inbox/").content.decode()
    (address,) = set(re.findall(r"/demo/inbox/[0-9a-f]{16}/", inbox))
    letter = client.get(address)
    html = client.get(f"{address}html/")

    assert 'href="https://x.org/b/abc/"' in letter.content.decode()
    assert html.content.decode() == "<p>Good day.</p>"
    assert "script" not in html.headers["Content-Security-Policy"]


def test_the_command_refuses_outside_the_demo() -> None:
    with pytest.raises(CommandError, match="Only the demo"):
        call_command("demo_clock", "--days", "1")
