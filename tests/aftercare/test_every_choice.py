"""Every combination of flags and record that selects a paragraph, against a table written without `blocks.yaml`.

Each paragraph looks at a few inputs only; that no rule looks at more is checked first. So all combinations of a
paragraph's inputs are all that can ever choose it, and one property test over everything at once shows that they do
not disturb each other.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercare.blocks import Facts, book, for_mail, for_page
from aftercare.record import Record

pytestmark = pytest.mark.once
Signs = frozenset[str]
JAW = {"area_jaw_outside", "area_jaw_inside"}
PELVIC = {"area_pelvis", "area_sacrum", "area_hips", "area_belly"}
RISING = {"p_bp_faint", "p_bp_meds", "p_dizzy", "p_diabetes", "after_dizzy", "after_nausea"}
TENDER = {"p_trauma_sensitive", "p_dissociation", "p_panic", "n_emotional", "release_mild", "release_strong"}
COLD = {
    "p_diabetes", "p_pregnancy", "c_pregnancy_early", "c_pregnancy_risk", "p_preg_unknown", "p_surgery", "c_surgery",
    "c_abdo_surgery",
}  # fmt: skip
WALK = {"urgent", "c_walk_pain", "p_mobility_rest", "p_mobility_aid", "p_mobility_short", "p_high_pain", "walk_some"}


def _drink(on: Signs) -> str:
    if "p_fluid_limit" in on:
        return "limited"
    if on & {"p_heart", "p_kidney_liver"}:
        return "neutral"
    return "pregnancy" if "p_pregnancy" in on else "standard"


def _walk(on: Signs) -> str:
    if on & {"urgent", "c_walk_pain"}:
        return ""
    if "p_mobility_rest" in on:
        return "follow_team"
    if "p_mobility_aid" in on:
        return "seated"
    return "short" if on & {"p_mobility_short", "p_high_pain", "walk_some"} else "standard"


def _if(wanted: set[str], variant: str, otherwise: str = "") -> Callable[[Signs], str]:
    return lambda on: variant if on & wanted else otherwise


def _bruise(on: Signs) -> str:
    return "bruise" if on & {"p_anticoag", "p_bleeding"} and on & {"touch_direct", "intraoral"} else ""


# What each paragraph looks at, and which variant is said; "" for none.
TABLE: dict[str, tuple[set[str], Callable[[Signs], str]]] = {
    "drink": ({"p_fluid_limit", "p_heart", "p_kidney_liver", "p_pregnancy"}, _drink),
    "walk": (WALK, _walk),
    "dizzy": (RISING, _if(RISING, "dizzy")),
    "drive": ({"p_sedating", "after_spacey"}, _if({"p_sedating", "after_spacey"}, "stronger", "drive")),
    "warmth": (COLD, _if(COLD, "rest", "warmth")),
    "jaw": (JAW, _if(JAW, "jaw")),
    "jaw_short": (JAW, _if(JAW, "jaw")),
    "help_jaw": (JAW, _if(JAW, "jaw")),
    "intraoral": ({"intraoral"}, _if({"intraoral"}, "intraoral")),
    "pelvic": (PELVIC, _if(PELVIC, "pelvic")),
    "direct": ({"touch_direct"}, _if({"touch_direct"}, "direct")),
    "direct_morning": ({"touch_direct"}, _if({"touch_direct"}, "direct")),
    "medicine": ({"p_anticoag", "p_bleeding", "touch_direct", "intraoral"}, _bruise),
    "pregnancy": ({"p_pregnancy"}, _if({"p_pregnancy"}, "pregnancy")),
    "feelings": (TENDER, _if(TENDER, "gentle", "standard")),
    "feelings_short": (TENDER, _if(TENDER, "gentle")),
    "settle": ({"settle"}, _if({"settle"}, "settle")),
    "sitting": ({"n_sit_long"}, _if({"n_sit_long"}, "sitting")),
    "help": (set(), lambda on: "core"),
}
# Without their consent: what a mail says in place of it; what is not named stays; "" is left to the page.
DISCREET = {
    ("drink", "limited"): "neutral", ("drink", "pregnancy"): "neutral",
    ("walk", "follow_team"): "own_way", ("walk", "seated"): "own_way",
    ("jaw", "jaw"): "", ("jaw_short", "jaw"): "", ("help_jaw", "jaw"): "", ("intraoral", "intraoral"): "",
    ("pelvic", "pelvic"): "", ("direct", "direct"): "", ("direct_morning", "direct"): "", ("medicine", "bruise"): "",
    ("pregnancy", "pregnancy"): "", ("settle", "settle"): "",
}  # fmt: skip
LETTERS = {
    "m10_after": {
        "dizzy", "drive", "drink", "jaw", "intraoral", "pelvic", "direct", "medicine", "pregnancy", "feelings", "help",
        "help_jaw",
    },
    "m11_morning": {"walk", "drink", "sitting", "warmth", "jaw_short", "feelings_short", "help", "help_jaw"},
    "m11_morning_long": {
        "dizzy", "drive", "walk", "drink", "sitting", "warmth", "jaw", "intraoral", "pelvic", "direct_morning",
        "medicine", "pregnancy", "feelings_short", "help", "help_jaw",
    },
    "m14_support": {"settle"},
}  # fmt: skip
PAGE = {
    "dizzy", "drive", "drink", "walk", "sitting", "warmth", "jaw", "intraoral", "pelvic", "direct_morning", "medicine",
    "pregnancy", "feelings_short", "settle", "help", "help_jaw",
}  # fmt: skip
EVERY = sorted(set().union(*(looked for looked, _ in TABLE.values())))


def subsets(names: set[str]) -> Iterator[Signs]:
    for size in range(len(names) + 1):
        yield from (frozenset(found) for found in combinations(sorted(names), size))


def known(on: Signs, *, detail: bool = True, has_record: bool = True) -> Facts:
    """Facts with exactly these signs, as answers and record bring them."""
    areas = [sign.removeprefix("area_") for sign in on if sign.startswith("area_")]
    releases = [sign.removeprefix("release_") for sign in sorted(on) if sign.startswith("release_")]
    record = Record(
        areas=tuple(areas) + (("jaw_inside",) if "intraoral" in on and "jaw_inside" not in areas else ()),
        touch_style="direct_pressure" if "touch_direct" in on else "light_still",
        after=tuple(sign.removeprefix("after_") for sign in on if sign.startswith("after_")),
        emotional_release=releases[-1] if releases else "none",
    )
    return Facts(
        flags=frozenset(sign for sign in on if sign[:2] in ("p_", "c_", "n_") or sign == "walk_some"),
        has_urgent="urgent" in on,
        record=record if has_record else None,
        has_settle_words="settle" in on,
        has_detail_consent=detail,
    )


def table(found: Facts, blocks: set[str], *, is_full: bool) -> dict[str, str]:
    """What the table says for these facts."""
    said = {block: TABLE[block][1](found.signs) for block in blocks}
    if not is_full:
        said = {block: DISCREET.get((block, variant), variant) for block, variant in said.items()}
    return {block: variant for block, variant in said.items() if variant}


def in_mail(letter: str, found: Facts) -> dict[str, str]:
    return {choice.block: choice.variant for choice in for_mail(letter, found)}


def test_no_rule_looks_at_more_than_the_table_says() -> None:
    assert TABLE.keys() == book().blocks.keys()
    for block, rules in book().blocks.items():
        looked = set().union(*((rule.any or set()) | (rule.also or set()) for rule in rules))
        assert looked == TABLE[block][0], block
    assert {letter: set(blocks) for letter, blocks in book().letters.items()} == {**LETTERS, "notes": PAGE}


@pytest.mark.parametrize("block", sorted(TABLE))
def test_every_combination_of_a_paragraphs_inputs_equals_the_table(block: str) -> None:
    letters = [letter for letter, blocks in LETTERS.items() if block in blocks]
    for on in subsets(TABLE[block][0]):
        for detail in (True, False):
            found = known(on, detail=detail)
            for letter in letters:
                expected = table(found, {block}, is_full=detail).get(block)
                assert in_mail(letter, found).get(block) == expected, (letter, on)
        if block in PAGE:
            page = {choice.block: choice.variant for choice in for_page(known(on, detail=False))}
            assert page.get(block) == table(known(on), {block}, is_full=True).get(block), on


@settings(max_examples=150)
@given(st.frozensets(st.sampled_from(EVERY)), st.booleans(), st.booleans())
def test_all_at_once_every_letter_equals_the_table(on: Signs, detail: bool, has_record: bool) -> None:
    found = known(on, detail=detail, has_record=has_record)

    for letter, blocks in LETTERS.items():
        assert in_mail(letter, found) == table(found, blocks, is_full=detail and has_record)
    assert {choice.block: choice.variant for choice in for_page(found)} == table(found, PAGE, is_full=True)


def test_the_consent_of_the_day_and_a_glove_are_needed_before_any_line_about_the_mouth() -> None:
    """A line about the inside of the mouth needs a record that says so, and only one with glove and time is closed."""
    assert "intraoral" not in in_mail("m10_after", known(frozenset(), detail=True))
    assert in_mail("m10_after", known(frozenset({"intraoral"}), detail=True))["intraoral"] == "intraoral"
    assert "intraoral" not in in_mail("m10_after", known(frozenset({"intraoral"}), detail=False))
