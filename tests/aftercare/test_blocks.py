"""The choice of paragraphs: every combination that matters against a table, and the words themselves."""

import re
from itertools import combinations, product

import pytest

from aftercare.blocks import BlockProblem, Facts, book, for_mail, for_page, left_out, read
from aftercare.record import Record
from clinic.outbox.phrases import as_typed
from intake.flags import FLAGS
from tests.aftercare.reading import grade

BANNED = (
    "toxin", "detox", "flush", "release", "trauma", "healing crisis", "good sign", "surrender", "let go", "trust me",
    "relax", "cure", "you will", "promise",
)  # fmt: skip
DRINK = ("p_fluid_limit", "p_heart", "p_kidney_liver", "p_pregnancy")
WALK = ("c_walk_pain", "p_mobility_rest", "p_mobility_aid", "p_mobility_short", "p_high_pain", "walk_some")
DIZZY = ("p_bp_faint", "p_bp_meds", "p_dizzy", "p_diabetes")
GENTLE = ("p_trauma_sensitive", "p_dissociation", "p_panic", "n_emotional")
COLD = (
    "p_diabetes", "p_pregnancy", "c_pregnancy_early", "c_pregnancy_risk", "p_preg_unknown", "p_surgery", "c_surgery",
    "c_abdo_surgery",
)  # fmt: skip
PELVIC = ("pelvis", "sacrum", "hips", "belly")
JAW = ("jaw_outside", "jaw_inside")
OTHER_AREAS = ("low_back", "diaphragm", "head", "neck", "whole_body", "other")


def subsets(names: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(found) for size in range(len(names) + 1) for found in combinations(names, size)]


def facts(*flags: str, record: Record | None = None, detail: bool = True, **more: object) -> Facts:
    return Facts(flags=frozenset(flags), record=record or Record(), has_detail_consent=detail, **more)  # type: ignore[arg-type]


def variants(letter: str, found: Facts) -> dict[str, str]:
    return {choice.block: choice.variant for choice in for_mail(letter, found)}


@pytest.mark.parametrize("flags", subsets(DRINK))
def test_drink_follows_rule_x5(flags: frozenset[str]) -> None:
    expected = (
        "limited" if "p_fluid_limit" in flags
        else "neutral" if flags & {"p_heart", "p_kidney_liver"}
        else "pregnancy" if "p_pregnancy" in flags
        else "standard"
    )  # fmt: skip

    assert variants("m10_after", facts(*flags))["drink"] == expected


@pytest.mark.parametrize("flags", subsets(WALK))
@pytest.mark.parametrize("has_urgent", [False, True])
@pytest.mark.parametrize("worst_pain", [None, 8, 9])
def test_walk_follows_what_they_can_do(flags: frozenset[str], has_urgent: bool, worst_pain: int | None) -> None:
    expected = (
        None if has_urgent or "c_walk_pain" in flags
        else "follow_team" if "p_mobility_rest" in flags
        else "seated" if "p_mobility_aid" in flags
        else "short" if flags & {"p_mobility_short", "p_high_pain", "walk_some"} or worst_pain == 9
        else "standard"
    )  # fmt: skip

    found = facts(*flags, has_urgent=has_urgent, worst_pain=worst_pain)

    assert variants("m11_morning", found).get("walk") == expected


@pytest.mark.parametrize("flags", subsets(DIZZY))
@pytest.mark.parametrize("after", subsets(("dizzy", "nausea", "spacey")))
@pytest.mark.parametrize("sedating", [(), ("p_sedating",)])
def test_rising_and_driving(flags: frozenset[str], after: frozenset[str], sedating: tuple[str, ...]) -> None:
    found = variants("m10_after", facts(*flags, *sedating, record=Record(after=tuple(after))))

    assert ("dizzy" in found) == bool(flags or after & {"dizzy", "nausea"})
    assert found["drive"] == ("stronger" if sedating or "spacey" in after else "drive")


@pytest.mark.parametrize("areas", subsets((*PELVIC, *JAW)))
def test_areas_bring_their_own_paragraphs(areas: frozenset[str]) -> None:
    found = variants("m10_after", facts(record=Record(areas=tuple(areas))))

    assert ("pelvic" in found) == bool(areas & set(PELVIC))
    assert ("jaw" in found) == ("help_jaw" in found) == bool(areas & set(JAW))
    assert ("intraoral" in found) == ("jaw_inside" in areas)


@pytest.mark.parametrize("area", OTHER_AREAS)
def test_other_areas_add_nothing(area: str) -> None:
    assert variants("m10_after", facts(record=Record(areas=(area,)))) == variants("m10_after", facts())


@pytest.mark.parametrize(
    ("flags", "style", "areas"),
    list(product(subsets(("p_anticoag", "p_bleeding")), ("", "light_still", "direct_pressure"), ((), ("jaw_inside",)))),
)
def test_firm_touch_and_bruises(flags: frozenset[str], style: str, areas: tuple[str, ...]) -> None:
    found = variants("m10_after", facts(*flags, record=Record(touch_style=style, areas=areas)))

    assert ("direct" in found) == (style == "direct_pressure")
    assert ("medicine" in found) == (bool(flags) and (style == "direct_pressure" or bool(areas)))


@pytest.mark.parametrize("flags", subsets(GENTLE))
@pytest.mark.parametrize("release", ["", "none", "mild", "strong"])
def test_feelings_are_gentle_under_rule_x9(flags: frozenset[str], release: str) -> None:
    found = facts(*flags, record=Record(emotional_release=release))
    is_gentle = bool(flags) or release in ("mild", "strong")

    assert variants("m10_after", found)["feelings"] == ("gentle" if is_gentle else "standard")
    assert ("feelings_short" in variants("m11_morning", found)) == is_gentle


@pytest.mark.parametrize("flags", subsets(COLD))
def test_warmth_is_left_out_where_it_may_harm(flags: frozenset[str]) -> None:
    assert variants("m11_morning", facts(*flags))["warmth"] == ("rest" if flags else "warmth")


@pytest.mark.parametrize("flags", subsets(("p_pregnancy", "n_sit_long")))
def test_pregnancy_and_sitting(flags: frozenset[str]) -> None:
    assert ("pregnancy" in variants("m10_after", facts(*flags))) == ("p_pregnancy" in flags)
    assert ("sitting" in variants("m11_morning", facts(*flags))) == ("n_sit_long" in flags)


@pytest.mark.parametrize("detail", [False, True])
@pytest.mark.parametrize("has_words", [False, True])
def test_their_own_words_need_their_consent(detail: bool, has_words: bool) -> None:
    found = variants("m14_support", facts(detail=detail, has_settle_words=has_words))

    assert found == ({"settle": "settle"} if detail and has_words else {})


def everything(detail: bool) -> Facts:
    """A client with every flag that any rule looks at, and a record that brings every block."""
    record = Record(
        areas=(*PELVIC, *JAW), touch_style="direct_pressure", after=("dizzy", "spacey"), emotional_release="strong"
    )
    flags = [sign for sign in book().words if sign in FLAGS and sign not in ("c_walk_pain", "p_fluid_limit")]
    return facts(*flags, record=record, detail=detail)


def test_without_consent_a_mail_names_no_area_no_answer_and_no_medicine() -> None:
    private = re.compile(
        r"jaw|hip|pelvi|belly pain is|back|mouth|cheek|gum|bruise|midwife|matern|firmer|food", re.IGNORECASE
    )

    for letter in ("m10_after", "m11_morning", "m11_morning_long", "m14_support"):
        words = " ".join(choice.text for choice in for_mail(letter, everything(detail=False)))
        assert not private.search(words), private.search(words)


@pytest.mark.parametrize(
    ("flag", "block", "discreet"),
    [
        ("p_fluid_limit", "drink", "neutral"),
        ("p_heart", "drink", "neutral"),
        ("p_pregnancy", "drink", "neutral"),
        ("p_mobility_rest", "walk", "own_way"),
        ("p_mobility_aid", "walk", "own_way"),
        ("p_mobility_short", "walk", "short"),
    ],
)
def test_without_consent_the_advice_stays_safe_and_tells_nothing(flag: str, block: str, discreet: str) -> None:
    assert variants("m11_morning", facts(flag, detail=False))[block] == discreet


def test_without_a_closed_record_the_letter_is_general_even_with_consent() -> None:
    found = Facts(flags=frozenset({"p_pregnancy"}), has_detail_consent=True)

    assert variants("m10_after", found) == {
        "drive": "drive", "drink": "neutral", "feelings": "standard", "help": "core",
    }  # fmt: skip


def test_what_a_mail_leaves_out_stands_on_the_page() -> None:
    found = everything(detail=False)
    on_page = {choice.block for choice in for_page(found)}

    assert {"jaw", "intraoral", "pelvic", "medicine", "pregnancy"} <= on_page
    assert {choice.block for choice in left_out("m10_after", found)} == {
        "jaw", "intraoral", "pelvic", "direct", "medicine", "pregnancy", "help_jaw",
    }  # fmt: skip


def test_each_choice_says_why_in_words() -> None:
    found = facts("p_heart", "p_kidney_liver", "n_sit_long", record=Record(areas=("jaw_inside",)))
    because = {choice.block: choice.because for choice in for_mail("m11_morning", found)}

    assert because["drink"] == "because they have a heart condition and they have a kidney or liver condition"
    assert because["sitting"] == "because they sit 7 or more hours a day"
    assert because["jaw_short"] == "because you worked inside the mouth"
    assert because["walk"] == "in general words, because nothing asks for others"
    assert because["help"] == "because this is always said"


def test_the_long_morning_letter_says_what_the_evening_one_could_not() -> None:
    found = everything(detail=True)

    evening, long = variants("m10_after", found), variants("m11_morning_long", found)

    assert {"dizzy", "drive", "drink", "jaw", "intraoral", "pelvic", "medicine", "pregnancy", "help"} <= long.keys()
    assert "direct" in evening
    assert "direct_morning" in long


def test_every_sign_is_a_flag_or_comes_from_the_record() -> None:
    from_record = {"urgent", "settle", "intraoral", "touch_direct", "walk_some"}
    prefixes = ("area_", "after_", "release_")

    assert {s for s in book().words if s not in FLAGS and not s.startswith(prefixes)} == from_record


def every_text() -> list[str]:
    return [as_typed(rule.text) for rules in book().blocks.values() for rule in rules if rule.text]


@pytest.mark.parametrize("text", every_text())
def test_no_banned_word_and_no_exclamation_mark(text: str) -> None:
    assert not [word for word in BANNED if re.search(rf"\b{word}", text, re.IGNORECASE)]
    assert "!" not in as_typed(text)


@pytest.mark.parametrize("text", every_text())
def test_reading_grade_is_seven_at_most(text: str) -> None:
    assert grade(text) <= 7


@pytest.mark.parametrize(
    "wrong",
    [
        "signs: {}\nblocks: {a: [{variant: b, any: [p_odd], without_consent: same, text: x}]}\ntitles: {}\nletters: {}",
        "signs: {}\nblocks: {a: [{variant: b, without_consent: nowhere, text: x}]}\ntitles: {}\nletters: {}",
        "signs: {}\nblocks: {}\ntitles: {}\nletters: {m10: [ghost]}",
        "signs: {}\nblocks: {a: [{variant: b, without_consent: same, text: x}]}\ntitles: {a-c: y}\nletters: {}",
    ],
)
def test_rules_that_do_not_hold_together_are_refused(wrong: str) -> None:
    with pytest.raises(BlockProblem):
        read(wrong)
