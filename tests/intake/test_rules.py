"""Cross rules: several answers together, each rule met and just not met."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from intake.compiling import shipped
from intake.definition import Answer
from intake.evaluation import Context, evaluate
from intake.flags import FLAGS
from intake.rules import RULES, ClinicalFacts, advise, cross
from tests.intake.content import VECTORS

TODAY = date(2026, 11, 25)


def facts(*flags: str, **known: Any) -> ClinicalFacts:
    return ClinicalFacts(today=TODAY, flags=frozenset(flags), **known)


def raised(known: ClinicalFacts) -> set[str]:
    return {found.flag for found in cross(known)}


def advice(known: ClinicalFacts) -> set[tuple[str, str, str]]:
    return {(found.rule, found.does, found.flag) for found in advise(known)}


def test_nothing_known_means_nothing_raised() -> None:
    assert cross(facts()) == []
    assert advise(facts()) == []


def test_every_rule_has_its_sentence_and_raises_flags_that_exist() -> None:
    assert list(RULES) == ["X1", "X2", "X3", "X4", "X6", "X7", "X8", "X13", "X14", "X15", "X16"]
    assert all(rule.__doc__ for rule in RULES.values())
    assert {"u_head_injury", "u_icp", "c_gca_check", "n_jaw_pelvis_link", "c_minor", "p_not_answered"} <= set(FLAGS)


@pytest.mark.parametrize("injury", ["c_head_injury", "c_jaw_injury"])
@pytest.mark.parametrize("thin_blood", ["p_anticoag", "p_bleeding"])
@pytest.mark.parametrize(
    ("when", "is_urgent"),
    [(None, True), ("2026-11-18", True), ("2026-11-17", False), ("2026-11", True), ("2026-10", False), ("soon", True)],
)
def test_an_injury_with_thin_blood_is_urgent_for_a_week(
    injury: str, thin_blood: str, when: Answer, is_urgent: bool
) -> None:
    known = facts(injury, thin_blood, answers={"gen_head_date": when})
    assert raised(known) == ({"u_head_injury"} if is_urgent else set())
    assert advice(known) == (set() if is_urgent else {("X1", "card", injury)})


def test_an_injury_alone_is_no_emergency() -> None:
    assert raised(facts("c_head_injury")) == raised(facts("p_anticoag")) == set()


@pytest.mark.parametrize("device", ["c_shunt", "c_icp"])
@pytest.mark.parametrize(
    ("today", "is_urgent"),
    [("pressure", True), ("worst_headache", True), ("fever", True), ("leg", False), ("none", False)],
)
def test_a_shunt_or_pressure_makes_a_headache_or_fever_urgent(device: str, today: str, is_urgent: bool) -> None:
    assert raised(facts(device, answers={"gen_today": [today]})) == ({"u_icp"} if is_urgent else set())


@pytest.mark.parametrize(("today", "is_urgent"), [("pressure", True), ("worst_headache", True), ("fever", False)])
def test_a_headache_after_a_spinal_needle_is_urgent_today(today: str, is_urgent: bool) -> None:
    known = facts("c_lumbar_puncture", answers={"gen_today": [today]})
    assert raised(known) == ({"u_icp"} if is_urgent else set())
    assert advice(known) == ({("X3", "card", "u_icp")} if is_urgent else set())


@pytest.mark.parametrize(
    ("age", "today", "is_check"), [(49, [], True), (50, [], False), (None, [], False), (49, ["pressure"], False)]
)
def test_signs_of_arteritis_read_as_a_check_only_under_fifty(age: int | None, today: list[str], is_check: bool) -> None:
    known = facts("u_gca", age=age, answers={"gen_today": today})
    assert raised(known) == ({"c_gca_check"} if is_check else set())


@pytest.mark.parametrize(
    ("when", "is_recent"),
    [("2026-05-26", True), ("2026-05-25", False), ("2026-05", True), (None, False), ("2026", True), ("2025", False)],
)
def test_a_recent_stroke_is_declined_by_default(when: Answer, is_recent: bool) -> None:
    known = facts("c_stroke_bleed", answers={"gen_head_spine": ["bleed"], "gen_head_date": when})
    assert advice(known) == ({("X6", "mark", "c_stroke_bleed")} if is_recent else set())
    assert raised(known) == set()


@pytest.mark.parametrize(
    ("today", "last_day_that_is_old"),
    [
        (date(2026, 8, 31), "2026-02-28"),
        (date(2026, 7, 1), "2026-01-01"),
        (date(2026, 6, 30), "2025-12-30"),
        (date(2026, 12, 31), "2026-06-30"),
    ],
)
def test_six_months_are_counted_by_the_calendar(today: date, last_day_that_is_old: str) -> None:
    known = replace(facts(answers={"gen_head_spine": ["bleed"], "gen_head_date": last_day_that_is_old}), today=today)
    day_after = (date.fromisoformat(last_day_that_is_old) + timedelta(days=1)).isoformat()
    assert advise(known) == []
    assert advise(replace(known, answers={**known.answers, "gen_head_date": day_after})) != []


@pytest.mark.parametrize(("weeks", "has_preset"), [("t1", False), ("t2", True), ("t3", True), ("birth6", False)])
def test_from_fourteen_weeks_the_session_starts_on_the_side(weeks: str, has_preset: bool) -> None:
    known = facts(answers={"gen_pregnancy": weeks})
    assert advice(known) == ({("X7", "preset", "p_pregnancy")} if has_preset else set())


@pytest.mark.parametrize(("pelvis", "jaw", "linked"), [("35", "35", True), ("34.9", "90", False), ("90", None, False)])
def test_pain_in_jaw_and_pelvis_prompts_to_ask_about_both(pelvis: str, jaw: str | None, linked: bool) -> None:
    scores = {"pel_intensity": Decimal(pelvis), "jaw_intensity": None if jaw is None else Decimal(jaw)}
    assert raised(facts(scores=scores)) == ({"n_jaw_pelvis_link"} if linked else set())


@pytest.mark.parametrize(("age", "is_minor"), [(17, True), (18, False), (None, False)])
def test_under_eighteen_a_guardian_is_needed_and_scores_are_hidden(age: int | None, is_minor: bool) -> None:
    known = facts(age=age)
    assert raised(known) == ({"c_minor"} if is_minor else set())
    assert {does for _rule, does, _flag in advice(known)} == ({"guardian", "hide_scores"} if is_minor else set())


def test_a_missing_consent_holds_the_form() -> None:
    asked = frozenset({"consent_info", "consent_stop", "consent_data", "consent_emails"})
    agreed: dict[str, Answer] = {"consent_info": True, "consent_stop": True, "consent_data": True}
    assert advice(facts(asked=asked, answers=agreed)) == set()
    for link_id in agreed:
        assert advice(facts(asked=asked, answers=agreed | {link_id: False})) == {("X14", "hold", "")}
    assert advice(facts(answers={})) == set()


@pytest.mark.parametrize("answer", [None, "skip", "in_person"])
@pytest.mark.parametrize("link_id", ["str_safe", "str_home"])
def test_a_skipped_safety_question_is_asked_once_in_person(link_id: str, answer: Answer) -> None:
    assert raised(facts(asked=frozenset({link_id}), answers={link_id: answer})) == {"p_not_answered"}
    assert raised(facts(asked=frozenset({link_id}), answers={link_id: "no"})) == set()
    assert raised(facts(answers={link_id: None})) == set()


def test_a_leg_clot_with_chest_pain_is_an_emergency() -> None:
    assert advice(facts("u_dvt", "u_chest")) == {("X16", "route", "u_dvt")}
    assert advice(facts("u_dvt")) == set()


@pytest.mark.parametrize(("name", "added"), [("V6", {"u_head_injury"}), ("V3", set()), ("V1", set())])
def test_the_worked_examples_cross_as_agreed(name: str, added: set[str]) -> None:
    vector = next(vector for vector in VECTORS if vector["name"].startswith(name))
    found = evaluate(shipped()[vector["questionnaire"]], vector["answers"], Context(today=TODAY))
    known = facts(*found.flag_ids, answers=vector["answers"], scores=found.scores)
    assert raised(known) == added
