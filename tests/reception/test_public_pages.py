"""The pages that anyone may read."""

import re

import html5lib
import pytest
from django.test import Client as Browser

from clinic.outbox.models import Message
from clinic.outbox.registry import KINDS, Mail
from tests import make
from tests.aftercare.reading import grade
from tests.cast import NOW

pytestmark = pytest.mark.django_db
PAGES = ["/", "/services/", "/what-to-expect/", "/contact/", "/privacy/", "/accessibility/"]
WORDS = {"name": "Sam Poole", "reply_to": "sam@example.org", "message": "Is there a step at the door?", "website": ""}


@pytest.mark.parametrize("address", PAGES)
def test_anyone_may_read_it(client: Browser, address: str) -> None:
    make.practice()
    response = client.get(address)
    assert response.status_code == 200
    assert "Stillpoint" in response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_it_offers_help_in_the_same_place(client: Browser, address: str) -> None:
    make.practice()
    make.help_numbers()
    page = client.get(address).content.decode()
    foot = page[page.index('<footer class="foot">') :]
    assert 'href="mailto:hello@example.org"' in foot
    assert 'href="tel:999"' in foot


@pytest.mark.parametrize("address", PAGES)
def test_it_works_for_a_practice_that_is_not_set_up_yet(client: Browser, address: str) -> None:
    assert client.get(address).status_code == 200


def test_the_evidence_line_stands_as_agreed(client: Browser) -> None:
    line = (
        "Research on craniosacral therapy is mixed. Some studies of long-term pain found benefit. A 2024 review of 15 "
        "trials found none that mattered. Many people find it calming. It should not replace medical care."
    )
    assert line in client.get("/").content.decode()
    assert line in client.get("/what-to-expect/").content.decode()


def test_a_message_reaches_the_practice_and_an_answer_reaches_the_writer(client: Browser) -> None:
    make.practice()
    response = client.post("/contact/", WORDS)
    assert response["Location"] == "/contact/sent/"
    message = Message.objects.get(kind="contact_form")
    mail = KINDS["contact_form"].write(message.about, NOW)
    assert isinstance(mail, Mail)
    assert (mail.to, mail.reply_to) == ("hello@example.org", "sam@example.org")
    assert "Sam Poole wrote to you" in mail.text
    assert "Is there a step at the door?" in mail.text
    assert "Is there a step at the door?" in mail.html
    assert mail.subject == "A message from your website"


def test_markup_in_a_message_stays_words(client: Browser) -> None:
    make.practice()
    client.post("/contact/", {**WORDS, "message": "<script>alert(1)</script> {{ practice.email }}"})
    mail = KINDS["contact_form"].write(Message.objects.get(kind="contact_form").about, NOW)
    assert isinstance(mail, Mail)
    assert "&lt;script&gt;" in mail.html
    assert "<script>" not in mail.html
    assert "{{ practice.email }}" in mail.text


@pytest.mark.parametrize("field", ["name", "reply_to"])
def test_a_line_break_never_reaches_a_header(client: Browser, field: str) -> None:
    make.practice()
    client.post("/contact/", {**WORDS, field: f"{WORDS[field]}\r\nBcc: all@example.org"})
    for message in Message.objects.filter(kind="contact_form"):
        mail = KINDS["contact_form"].write(message.about, NOW)
        assert isinstance(mail, Mail)
        assert not any("\n" in header or "\r" in header for header in (mail.subject, mail.reply_to, mail.to))
    if field == "reply_to":
        assert not Message.objects.exists()


def test_an_empty_form_says_what_to_do_and_keeps_what_was_typed(client: Browser) -> None:
    response = client.post("/contact/", {"name": "Sam Poole", "reply_to": "nowhere"})
    page = response.content.decode()
    assert page.index("<title>Error: Contact us") > 0
    assert '<a href="#id_reply_to">Enter an email address like name@example.org.</a>' in page
    assert '<a href="#id_message">Write a few words.</a>' in page
    assert 'value="Sam Poole"' in page
    assert not Message.objects.exists()


def test_a_program_that_fills_in_every_box_is_thanked_and_ignored(client: Browser) -> None:
    assert client.post("/contact/", {**WORDS, "website": "https://example.org"}).status_code == 302
    assert not Message.objects.exists()


def test_a_flood_of_messages_is_refused_in_words(client: Browser) -> None:
    for _ in range(20):
        client.post("/contact/", WORDS)
    response = client.post("/contact/", WORDS)
    assert "We cannot take more messages just now" in response.content.decode()
    assert Message.objects.filter(kind="contact_form").count() == 20


def test_an_unknown_address_says_what_to_do(client: Browser) -> None:
    make.practice()
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "We cannot find this page" in response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_its_words_are_plain(client: Browser, address: str) -> None:
    make.practice()
    make.help_numbers()
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(client.get(address).content.decode())
    main = tree.find(".//main")
    blocks = [e for tag in ("p", "li", "h1", "h2") for e in main.iter(tag)]
    lines = [" ".join("".join(e.itertext()).split()) for e in blocks]
    text = "\n".join(lines)
    assert grade(text) <= 7
    assert max(len(sentence.split()) for sentence in re.split(r"[.?:\n]+", text)) <= 22
    assert "!" not in text


@pytest.mark.parametrize("address", ["/", "/what-to-expect/", "/services/"])
def test_it_promises_nothing(client: Browser, address: str) -> None:
    page = client.get(address).content.decode().lower()
    for word in ("cure", "heals", "healing", "relieve", "detox", "toxin", "release", "resets", "treats", "guarantee"):
        assert word not in page, word
