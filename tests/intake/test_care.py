"""The cards: for every flag the right one, at most one of a kind, no diagnosis, plain words."""

import re

import pytest

from intake import care
from intake.flags import FLAGS

URGENT = [flag for flag, kind in FLAGS.items() if kind.severity == "urgent"]
CONTACT = [flag for flag, kind in FLAGS.items() if kind.severity == "contact"]
QUIET = [flag for flag, kind in FLAGS.items() if kind.severity in ("precaution", "note")]


@pytest.mark.parametrize("flag", URGENT)
def test_every_urgent_flag_has_a_card_that_acts_now_and_says_whom_to_call(flag: str) -> None:
    (card,) = care.cards({flag})

    assert card.kind == FLAGS[flag].route
    assert card.level == "now"
    assert "emergency" in card.calls


@pytest.mark.parametrize("flag", CONTACT)
def test_every_contact_flag_has_a_card(flag: str) -> None:
    assert len(care.cards({flag})) == 1
    assert len(care.cards({flag}, is_checkin=True)) == 1


@pytest.mark.parametrize("flag", QUIET)
def test_precautions_and_notes_show_nothing_but_for_a_skipped_safety_question(flag: str) -> None:
    assert bool(care.cards({flag})) is (flag == care.SUPPORT)
    assert care.calls_for_a_card({flag}) == ({flag} if flag == care.SUPPORT else set())


def test_an_emergency_leaves_no_room_for_lesser_advice() -> None:
    assert [card.kind for card in care.cards({"u_dvt", "u_chest"})] == ["emergency"]


def test_the_crisis_card_comes_first_and_takes_the_place_of_the_support_card() -> None:
    kinds = [card.kind for card in care.cards({"u_chest", "c_suicidal_thoughts", "c_aneurysm", "p_not_answered"})]

    assert kinds == ["crisis", "emergency", "talk"]


def test_a_pregnancy_sign_names_the_maternity_unit() -> None:
    (card,) = care.cards({"u_pregnancy"})

    assert card.calls == ("maternity", "advice_line", "emergency")


def test_a_check_in_does_not_speak_of_a_session_on_hold() -> None:
    words = " ".join(line for card in care.cards({"u_chest"}, is_checkin=True) for line in card.lines)

    assert "on hold" not in words


def test_no_card_names_a_diagnosis_or_shouts() -> None:
    everything = care.cards(set(URGENT) | set(CONTACT)) + care.cards({"u_dvt"})
    words = " ".join([*(line for card in everything for line in card.lines), *care.DETAILS.values()])

    assert "!" not in words
    assert not re.search(r"stroke|meningitis|torsion|cauda|sepsis|clot\b|cancer|A&E", words, re.IGNORECASE)
    assert all(len(sentence.split()) <= 22 for sentence in re.split(r"[.?]", words))
