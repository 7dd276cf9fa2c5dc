"""The language of a client's letters: chosen at the desk or by their own link, and kept when two become one."""

import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.outbox.models import Wording
from clinic.outbox.tongues import choose_language, offered
from clinic.people.models import AuditEvent, Client, Link, Practice
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(time_machine: TimeMachineFixture) -> Client:
    time_machine.move_to(NOW)  # links end thirty days after it
    make.practice()
    found = cast.ada()
    cast.treats(cast.clara(), found)
    return found


def worded(language: str) -> None:
    Wording.objects.create(
        name="m10_after", language=language, number=1, subject="x", text="x", written_at=NOW, written_by=cast.olu()
    )


def press(token: str, **data: str) -> str:
    return Browser().post(reverse("stop", args=[token]), data).content.decode()


def test_the_desk_sets_any_language_and_the_practices_own_is_kept_as_none(client: Browser, ada: Client) -> None:
    client.force_login(cast.fay())
    address = reverse("desk-client-language", args=[ada.code])

    assert client.post(address, {"language": "fr"}).status_code == 302
    ada.refresh_from_db()
    assert ada.language == "fr"
    assert "Français" in client.get(reverse("desk-client", args=[ada.code])).content.decode()

    client.post(address, {"language": Practice.objects.the().language})
    client.post(address, {"language": "tlh"})
    ada.refresh_from_db()
    assert ada.language == ""
    assert AuditEvent.objects.filter(fields=["language"], actor=cast.fay()).count() == 2


def test_a_practitioner_of_others_cannot(client: Browser, ada: Client) -> None:
    client.force_login(cast.user_of(cast.dov()))

    assert client.post(reverse("desk-client-language", args=[ada.code]), {"language": "fr"}).status_code == 404
    ada.refresh_from_db()
    assert ada.language == ""


def test_the_client_chooses_among_the_languages_that_there_are_words_in(ada: Client) -> None:
    token = make.link_token(Link.Purpose.STOP, ada, ada.code)
    assert "Write to me in" not in Browser().get(reverse("stop", args=[token])).content.decode()

    worded("fr")
    assert [code for code, _ in offered(ada)] == ["en-GB", "fr"]
    assert "Français" in Browser().get(reverse("stop", args=[token])).content.decode()
    press(token, act="language", language="de")
    ada.refresh_from_db()
    assert ada.language == ""
    press(token, act="language", language="fr")
    ada.refresh_from_db()
    assert ada.language == "fr"


def test_the_same_again_changes_nothing(ada: Client) -> None:
    assert choose_language(client=ada, language="fr", by=None, now=NOW)
    assert not choose_language(client=ada, language="fr", by=None, now=NOW)
    assert AuditEvent.objects.filter(fields=["language"]).count() == 1
