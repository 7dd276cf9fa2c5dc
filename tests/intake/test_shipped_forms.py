"""The six questionnaires ask what was agreed, mean what was agreed, and can be read in pain."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import consents, signing
from intake.compiling import shipped
from intake.definition import DECLINED, NOWHERE, Definition, Item
from intake.evaluation import Context, Result, evaluate
from intake.flags import FLAGS
from intake.forms import KeepForm, LettersForm, SignForm, TouchForm, YouForm
from intake.regions import AREA_OF, AREAS, REGIONS, SETS
from tests.aftercare.reading import grade
from tests.intake import naive
from tests.intake.anything import BASELINES, any_answer
from tests.intake.content import ADDED, AGREED, FORMS, VECTORS, items, options
from tests.intake.content import FLAGS as AGREED_FLAGS

TODAY = date(2026, 11, 25)
TYPES = {"scale": "integer", "multi": "choice", "body_map": "choice", "consent": "group"}
ASKED_ELSEWHERE = {"c_minor", "c_gca_check", "n_jaw_pelvis_link", "p_comfort_wishes"}  # by cross rules and the profile
WORKED = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
EVERY_FORM = pytest.mark.parametrize("form", sorted(FORMS))
EVERY_SHIPPED = pytest.mark.parametrize("form", sorted(shipped()))


def meaning(form: str, answers: dict[str, Any], baseline: dict[str, Any] | None = None, **more: bool) -> Result:
    more = {"ask_self_harm": True, **more}
    return evaluate(shipped()[form], answers, Context(today=TODAY, baseline=baseline or {}, settings=more))


def test_the_forms_that_ship() -> None:
    assert set(shipped()) == {"general", "pelvic", "jaw", "stress", "checkin", "reflect", "news"}


@WORKED
def test_the_worked_examples_come_out_as_agreed(vector: dict[str, Any]) -> None:
    profile = vector["baseline_profile"]
    baseline = {} if profile is None else {"gen_profile": Decimal(str(profile))}
    found = meaning(vector["questionnaire"], vector["answers"], baseline)
    assert {name: None if value is None else float(value) for name, value in found.scores.items()} == vector["scores"]
    assert set(found.flag_ids) == set(vector["flags"])
    assert found.dropped == ()


@EVERY_FORM
def test_every_question_and_answer_is_worded_as_agreed(form: str) -> None:
    asked = [item for item in shipped()[form].items if not item.hidden]
    assert [item.link_id for item in asked] == list(items(form))
    for item, agreed in zip(asked, items(form).values(), strict=True):
        assert item.text == agreed["label"]
        assert item.type == TYPES.get(agreed["type"], agreed["type"])
        assert (item.min_label, item.max_label) == (agreed.get("min_label", ""), agreed.get("max_label", ""))
        assert item.max_length == agreed.get("maxlen")
        assert item.type == "group" or item.required == agreed["required"]
        places = (*REGIONS, NOWHERE) if item.regions else ()
        own = {option.code: option for option in item.options if option.code not in (*ADDED, *places)}
        known = {code: option for code, option in options(agreed).items() if code not in ADDED}
        assert {code: option.text for code, option in own.items()} == {c: o["label"] for c, o in known.items()}
        assert {code for code, option in own.items() if option.exclusive} == {
            code for code, option in known.items() if option.get("exclusive")
        }


@EVERY_FORM
def test_every_answer_scores_and_flags_as_agreed(form: str) -> None:
    for link_id, agreed in items(form).items():
        for code, known in options(agreed).items():
            option = shipped()[form].item(link_id).option(code)
            assert option is not None
            assert option.score == known.get("score")
            assert list(option.flags) == (known.get("flags") or [])


@EVERY_FORM
def test_scores_are_made_as_agreed(form: str) -> None:
    for score, agreed in zip(shipped()[form].scores, FORMS[form]["scores"], strict=True):
        assert (score.id, score.label, list(score.items)) == (agreed["id"], agreed["label"], agreed["items"])
        assert (score.factor, score.minimum_answered) == (agreed["factor"], agreed["min_answered"])
        assert [score.lowest, score.highest] == agreed["range"]
        assert score.compare_to == agreed.get("compare_to", "")


def test_consents_are_worded_as_agreed() -> None:
    ticks = shipped()["general"].item("gen_consent").items
    agreed = items("general")["gen_consent"]["statements"]
    assert [(tick.link_id, tick.text, tick.required) for tick in ticks] == [
        (statement["id"], statement["label"], bool(statement.get("required"))) for statement in agreed
    ]


def test_every_flag_is_in_the_catalogue_as_agreed() -> None:
    assert {name: (kind.severity, kind.route, kind.title) for name, kind in FLAGS.items()} == {
        name: (agreed["severity"], agreed["route"], agreed["title"]) for name, agreed in AGREED_FLAGS.items()
    }
    assert [kind.rank for kind in FLAGS.values()] == sorted(kind.rank for kind in FLAGS.values())


def test_every_flag_that_a_person_may_be_shown_has_words() -> None:
    silent = [name for name, kind in FLAGS.items() if kind.severity in ("urgent", "contact") and not kind.client]
    assert silent == []


@pytest.mark.parametrize("flag", sorted(set(FLAGS) - ASKED_ELSEWHERE))
def test_every_flag_can_be_raised_by_an_answer(flag: str) -> None:
    assert any(flag in _flags_named(definition) for definition in shipped().values())


def _flags_named(definition: Definition) -> set[str]:
    items = list(definition.walk())
    rules = [rule for item in items for rule in item.rules] + [rule for s in definition.scores for rule in s.rules]
    return {rule.flag for rule in rules} | {flag for item in items for option in item.options for flag in option.flags}


def test_the_body_map_has_the_agreed_regions_and_each_belongs_to_an_area() -> None:
    assert {name: list(regions) for name, regions in SETS.items()} == AGREED["regions"]
    assert set(AREA_OF) == set(REGIONS)
    assert set(AREA_OF.values()) <= set(AREAS)
    assert len(AREAS) == 12


# Random answers against the oracle


@st.composite
def _filled(draw: st.DrawFn, form: str) -> dict[str, Any]:
    asked = [item for item in FORMS[form]["items"] if item["type"] != "consent"]
    return {item["id"]: draw(any_answer(item)) for item in asked if draw(st.integers(0, 9))}


@EVERY_FORM
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_answers_mean_what_the_oracle_says(form: str, data: st.DataObject) -> None:
    answers = data.draw(_filled(form))
    baseline = data.draw(BASELINES)
    asks = data.draw(st.booleans())
    found = meaning(form, answers, baseline, ask_self_harm=asks)
    visible = naive.shown(form, answers, baseline, asks_self_harm=asks)
    consents = {"consent_info", "consent_stop", "consent_data", "consent_emails", "consent_email_detail"}
    assert set(found.enabled) - consents == visible
    assert found.exact.keys() == found.scores.keys()
    for name, value in naive.scores(form, answers, visible).items():
        exact = found.exact[name]
        assert (exact is None) == (value is None)
        assert (
            exact is None
            or value is None
            or abs(exact - Decimal(value.numerator) / value.denominator) < Decimal("1e-20")
        )
    assert set(found.flag_ids) == naive.flags(form, answers, visible, baseline)
    assert set(found.dropped) == {
        name for name, answer in answers.items() if name not in visible and answer not in ("", [])
    }


# Private questions


@EVERY_SHIPPED
def test_every_sensitive_question_can_be_declined_in_two_ways(form: str) -> None:
    for item in shipped()[form].walk():
        if item.sensitive:
            for code in DECLINED:
                found = meaning(form, {item.link_id: code}, {"gen_profile": 4, "news_expecting": True})
                assert found.declined == {item.link_id: code}
                assert item.link_id not in found.errors
                assert all(value is None for value in found.scores.values())


def test_what_people_may_find_private_is_marked() -> None:
    sensitive = {item.link_id for definition in shipped().values() for item in definition.walk() if item.sensitive}
    assert {"pel_close", "pel_hard", "pel_triggers", "chk_feelings", "gen_pregnancy"} <= sensitive
    assert set(items("stress")) <= sensitive


def test_telling_it_in_person_raises_what_skipping_raises() -> None:
    for link_id, form in {"str_home": "stress", "str_safe": "stress", "pel_hard": "pelvic"}.items():
        skipped, told = (meaning(form, {link_id: code}).flag_ids for code in ("skip", "in_person"))
        assert skipped == told != ()


def test_self_harm_is_asked_only_where_the_practice_chose_to() -> None:
    answers = {"str_safe": "might"}
    assert "str_safe" not in evaluate(shipped()["stress"], answers, Context(today=TODAY)).enabled
    off = meaning("stress", answers, ask_self_harm=False)
    on = meaning("stress", answers, ask_self_harm=True)
    assert ("str_safe" in off.enabled, off.dropped, off.flag_ids) == (False, ("str_safe",), ())
    assert ("str_safe" in on.enabled, on.dropped, on.flag_ids) == (True, (), ("u_crisis",))


def test_a_posted_setting_is_never_believed() -> None:
    found = meaning("stress", {"ask_self_harm": True, "str_safe": "might"}, ask_self_harm=False)
    assert found.flag_ids == ()
    assert found.dropped == ("ask_self_harm", "str_safe")


def test_without_an_earlier_form_the_check_in_does_not_quote_it() -> None:
    assert not {"chk_concern", "chk_activity"} & set(meaning("checkin", {}).enabled)
    nothing_named = meaning("checkin", {}, {"gen_profile": Decimal(4), "gen_activity": None})
    assert {"chk_concern", "chk_activity"} & set(nothing_named.enabled) == {"chk_concern"}


@pytest.mark.parametrize(("after", "is_worse"), [((6, 6, 6), True), ((6, 6, 5), False), ((3, 3, 3), False)])
def test_a_profile_that_is_two_worse_than_before_calls_for_a_talk(after: tuple[int, ...], is_worse: bool) -> None:
    answers = dict(zip(("chk_concern", "chk_activity", "chk_wellbeing"), after, strict=True))
    found = meaning("checkin", answers, {"gen_profile": Decimal("4.0"), "gen_activity": "walk"})
    assert ("c_worse_after" in found.flag_ids) is is_worse


@pytest.mark.parametrize(
    ("change", "flags"), [("1", ()), ("5", ()), ("6", ("c_worse_after",)), ("7", ("c_worse_after",))]
)
def test_feeling_much_worse_a_week_later_calls_for_a_talk(change: str, flags: tuple[str, ...]) -> None:
    assert meaning("reflect", {"ref_change": change}).flag_ids == flags


# Plain words


@EVERY_SHIPPED
def test_every_question_reads_at_grade_seven_or_below(form: str) -> None:
    hard = [(words, grade(words)) for item in shipped()[form].walk() for words in _words(item) if grade(words) > 7]
    assert hard == []


@EVERY_SHIPPED
def test_what_frames_a_form_reads_at_grade_seven_or_below(form: str) -> None:
    definition = shipped()[form]
    frames = {words: grade(words) for words in (definition.title, definition.intro, definition.closing)}
    assert {words: found for words, found in frames.items() if found > 7} == {}


def test_what_is_asked_beside_the_questionnaires_reads_at_grade_seven_or_below() -> None:
    """About you, touch, consents and letters; a place by itself, such as Pelvis, is no sentence."""
    asked = [KeepForm(), YouForm(profile={}, today=TODAY), TouchForm(areas={}, answers={}), SignForm(), LettersForm()]
    fields = [field for form in asked for field in form.fields.values()]
    words = [str(each) for field in fields for each in (field.label, field.help_text, *field.error_messages.values())]
    words += [str(text) for field in fields for _, text in getattr(field, "choices", ())]
    words += [*consents.OUTLINE, *signing.STATEMENTS.values(), signing.AFTERCARE, signing.EMAIL_DETAIL]
    assert [(each, grade(each)) for each in words if each and grade(each) > 7] == []


def _words(item: Item) -> list[str]:
    under_its_stem = f"{item.stem} {item.row}" if item.row else ""
    return [words for words in (item.text, item.help, item.why, item.page, under_its_stem) if words]


@EVERY_SHIPPED
def test_every_band_of_a_score_has_a_word(form: str) -> None:
    for score in shipped()[form].scores:
        assert score.band(score.lowest)
        assert score.band(score.highest)


@pytest.mark.parametrize(
    ("value", "word"),
    [("9.9", "little or none"), ("10", "mild"), ("34.99", "mild"), ("35", "moderate"), ("65", "marked")],
)
def test_bands_are_half_open(value: str, word: str) -> None:
    assert shipped()["pelvic"].scores_by_id["pel_impact"].band(Decimal(value)) == word
