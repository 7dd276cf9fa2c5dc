"""Every combination of paragraphs that a letter can hold: plain to read in all of them, and well made as it leaves."""

from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import pytest

from aftercare import letters, saying
from aftercare.access import Session
from aftercare.blocks import Choice, Facts, book, for_mail
from clinic.outbox import plainness
from clinic.outbox.registry import Mail
from clinic.outbox.rendering import standing_facts
from clinic.outbox.wordings import voice
from tests import make
from tests.aftercare.test_every_choice import TABLE, known, subsets
from tests.cast import NOW
from tests.outbox.test_plain_letters import check

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# One sign for all that do the same, and those that shut each other out side by side; together they can bring about
# every outcome of every paragraph (see the first test).
ALTERNATIVES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        (), ("p_fluid_limit",), ("p_heart",), ("p_pregnancy",), ("p_pregnancy", "p_heart"),
        ("p_pregnancy", "p_fluid_limit"),
    ),
    ((), ("c_walk_pain",), ("p_mobility_rest",), ("p_mobility_aid",), ("p_mobility_short",)),
    ((), ("p_bp_faint",), ("p_diabetes",), ("p_surgery",), ("p_bp_faint", "p_surgery")),
    *(((), (sign,)) for sign in (
        "p_sedating", "area_jaw_outside", "intraoral", "area_hips", "touch_direct", "p_anticoag", "p_panic", "settle",
        "n_sit_long",
    )),
)  # fmt: skip
# Each letter's name in the wordings, and how many combinations it has.
LETTERS = {"m10_after": 960, "m11_morning": 296, "m11_morning_long": 14_464, "m14_support": 2}
SETTLES = "slow walks by the sea"
RENDERED = 1000  # of the longest; of the others every combination


@dataclass(frozen=True)
class Count:
    """Of some text; what two texts have together is their sum, as no sentence goes on over the end of a paragraph."""

    words: int
    sentences: int
    syllables: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.words + other.words, self.sentences + other.sentences, self.syllables + other.syllables)

    def __sub__(self, other: "Count") -> "Count":
        return Count(self.words - other.words, self.sentences - other.sentences, self.syllables - other.syllables)

    @property
    def grade(self) -> float:
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59


@cache
def count(text: str) -> Count:
    words = plainness._words(text)
    return Count(len(words), len(plainness._sentences(text)), sum(map(plainness._syllables, words)))


def combinations(letter: str) -> list[Facts]:
    """Facts that bring about everything this letter can hold, with and without the client's consent to detail."""
    looked = set().union(*(TABLE[block][0] for block in book().letters[letter]))
    found: dict[frozenset[tuple[str, str]], Facts] = {}
    for signs in product(*(each for each in ALTERNATIVES if looked & set().union(*each))):
        for detail in (True, False):
            facts = known(frozenset(sign for some in signs for sign in some), detail=detail)
            found.setdefault(variants(letter, facts), facts)
    return list(found.values())


def variants(letter: str, facts: Facts) -> frozenset[tuple[str, str]]:
    return frozenset((each.block, each.variant) for each in for_mail(letter, facts))


@pytest.fixture
def session() -> Session:
    make.practice()
    make.help_numbers()
    return make.session()


def rendered(letter: str, session: Session, facts: Facts) -> Mail:
    """As it would leave: `m11_morning` is longer where the session ended too late for the letter of the evening."""
    late = replace(session, booking=copy(session.booking))
    if letter.endswith("_long"):
        late.booking.ends_at = session.booking.ends_at.replace(hour=20)
    told = saying.Told(late, facts, SETTLES, standing_facts(late.client, late.practice))
    late.client.wants_email_detail = facts.has_detail_consent
    mail = letters.render(letter.removesuffix("_long"), told, saying.shown, now=NOW)
    assert isinstance(mail, Mail)
    return mail


def body(mail: Mail) -> str:
    return mail.text.split("\nStillpoint\n")[0]


class Paragraphs:
    """The chosen paragraphs in words, each counted once."""

    def __init__(self, letter: str, session: Session) -> None:
        self.letter, self.counts = letter, dict[str, Count]()
        self.standing = standing_facts(session.client, session.practice)
        self.session = session

    def said(self, choice: Choice, facts: Facts) -> str:
        told = saying.Told(self.session, facts, SETTLES, self.standing)
        [words] = saying.in_words([choice], told, voice([], language=""))
        return words

    def count(self, facts: Facts) -> Count:
        total = Count(0, 0, 0)
        for choice in for_mail(self.letter, facts):
            if choice.name not in self.counts:
                self.counts[choice.name] = count(self.said(choice, facts))
            total += self.counts[choice.name]
        return total


def test_the_alternatives_bring_about_every_outcome_of_every_paragraph() -> None:
    """What `test_every_choice` finds for all inputs of one paragraph is found here too."""
    for letter, blocks in book().letters.items():
        if letter not in LETTERS:
            continue
        here = {pair for facts in combinations(letter) for pair in variants(letter, facts)}
        every = {
            (block, found)
            for block in blocks
            for on in subsets(TABLE[block][0])
            for detail in (True, False)
            if (found := dict(variants(letter, known(on, detail=detail))).get(block))
        }
        assert here == every, letter


@pytest.mark.parametrize("letter", LETTERS)
def test_in_every_combination_it_can_be_read_after_seven_years_of_school(letter: str, session: Session) -> None:
    every, said = combinations(letter), Paragraphs(letter, session)
    fixed = count(body(rendered(letter, session, every[0]))) - said.count(every[0])
    grades = [(fixed + said.count(facts)).grade for facts in every]

    assert len(grades) == LETTERS[letter]
    assert max(grades) <= plainness.HIGHEST_GRADE
    for number in range(0, len(every), max(1, len(every) // 20)):  # the sums are what the letters themselves have
        mail = rendered(letter, session, every[number])
        assert plainness.grade(body(mail)) == pytest.approx(grades[number])


@pytest.mark.parametrize("letter", LETTERS)
def test_it_is_valid_and_its_text_complete(letter: str, session: Session) -> None:
    every, said = combinations(letter), Paragraphs(letter, session)
    for facts in every[:: max(1, len(every) // RENDERED)]:
        mail = rendered(letter, session, facts)
        check(mail.subject, mail.text.replace(f": {saying.PLACEHOLDER}", ""), mail.html, letter)
        text = " ".join(mail.text.split())
        assert [
            each.name for each in for_mail(letter, facts) if " ".join(said.said(each, facts).split()) not in text
        ] == []
