"""Every letter and paragraph that ships, word for word against its draft; each difference is settled and named here."""

import re
from pathlib import Path

import pytest
import yaml

from clinic.outbox.wordings import defaults

pytestmark = pytest.mark.once
DRAFTS = yaml.safe_load(Path(__file__).with_name("drafts.yaml").read_text(encoding="utf-8"))
EXPECT = """You stay fully dressed. Soft, loose clothes are best. You lie on a couch, or sit if you like that
more. {position} I rest my hands lightly on one area at a time. I ask first. You can say no, pause
or stop at any time, and you do not need a reason. You may feel warm, still, sleepy or a small
twitch. Feelings may come up. You may also feel very little. All of that is fine. Please eat a light
meal first, and drink as you normally do. If you can, keep the hour after free and quiet."""
WARMTH = "Warmth and rest can help an ache. Do what feels kind to you."
MORE = """keep you safe. Open your form The link is just for you. You can stop and come back. Here is what to expect.
{expect}""".replace("\n", " ")
# (what the draft says, what the letter says): links are words, what is chosen for a client is a paragraph of its own,
# and what design.md settles (m00 carries the form; "ask me to call" is an answer to the letter).
SETTLED: dict[str, list[tuple[str, str]]] = {
    "m00_booked": [
        ("{day} {date} at", "{day} at"),
        ("Map and parking: {link_place}.", "{directions}"),
        ("keep you safe.", MORE),
        ("Use {link_manage} or call", "See your booking You can also call"),
    ],
    "m01_form": [("form: {link_form}.", "form."), ("3 minutes.", "3 minutes. Open your form")],
    "m02_form_nudge": [("form: {link_form}.", "form. Open your form")],
    "m03_expect": [
        (" ".join(EXPECT.split()), "{expect}"),
        ("first: {link_change} or", "first. See your booking You can also call"),
    ],
    "m04_tomorrow": [("meet tomorrow at", "meet {when_day} at"), ("{link_manage}", "See your booking")],
    "m05_hold": [
        ("Please pick a time: {link_call}, or call {phone}.",
         "Please call {phone}, or reply to this letter with a time that suits you."),
    ],
    "m10_after": [
        ("{jaw} {pelvic} {direct} {pregnancy}", "{jaw} {intraoral} {pelvic} {direct} {medicine} {pregnancy}"),
        ("{feelings} {help}", "{feelings} {additions} Your notes are here {help} {help_jaw}"),
    ],
    "m11_morning": [
        (WARMTH, "{warmth}"),
        ("{feelings_short} If", "{feelings_short} {additions} Your notes are here If"),
        ("{help}", "{help} {help_jaw}"),
    ],
    "m12_checkin": [("minute: {link_checkin}.", "minute. Open the check-in")],
    "m12b_checkin_nudge": [("open: {link_checkin}.", "open")],
    "m13_week": [("taps: {link_reflect}.", "taps"), ("here: {link_book}.", "here")],
}  # fmt: skip
NOT_SENT = {"position-position": "position", "help-jaw": "help_jaw-jaw", "jaw-intraoral": "intraoral-intraoral"}
DATED = {"m00_booked", "m01_form", "m02_form_nudge", "m03_expect", "m04_tomorrow", "m05_hold"}


def words(text: str) -> str:
    """What is said, without the marks of links and of what may be left out."""
    text = re.sub(r"\|[^\]|]*\]\]", "]]", text)
    text = re.sub(r"\[([^\[\]]+)\]\(\w+!?\)", r"\1", text)
    return " ".join(re.sub(r"\[\[|\]\]", " ", text).replace("!}", "}").split())


def tight(text: str) -> str:
    """No space before a mark."""
    return re.sub(r"\s+([.,:;?])", r"\1", text)


@pytest.mark.parametrize("kind", sorted(DRAFTS["letters"]))
def test_a_letter_says_what_was_drafted(kind: str) -> None:
    draft = " ".join(re.sub(r"\[\[(\w+)\]\]", r"{\1}", DRAFTS["letters"][kind]["text"]).split())
    for said, settled in SETTLED.get(kind, []):
        assert said in draft
        draft = draft.replace(said, settled)

    assert tight(words(defaults()[kind].text)) == tight(draft)


@pytest.mark.parametrize("kind", sorted(set(DRAFTS["letters"]) - DATED))
def test_a_subject_is_as_drafted(kind: str) -> None:
    assert defaults()[kind].subject == DRAFTS["letters"][kind]["subject"]


@pytest.mark.parametrize("kind", sorted(DATED))
def test_where_the_date_matters_it_comes_first_and_nothing_tells_of_health(kind: str) -> None:
    assert re.match(r"\{day\}(, \{time\})?: [a-z ]+$", defaults()[kind].subject)


@pytest.mark.parametrize("name", sorted(DRAFTS["paragraphs"]))
def test_a_paragraph_says_what_was_drafted(name: str) -> None:
    ships = defaults()[NOT_SENT.get(name, name)]

    assert ships.typed == DRAFTS["paragraphs"][name]


def test_what_to_expect_says_what_was_drafted() -> None:
    assert words(defaults()["expect"].text) == " ".join(EXPECT.split())


def test_all_fifteen_letters_and_every_paragraph_were_compared() -> None:
    assert len(DRAFTS["letters"]) == 15
    assert len(DRAFTS["paragraphs"]) >= 24
