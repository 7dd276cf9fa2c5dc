"""Which areas are locked and why, the gloves, the leave check, and when to look at the plan again."""

import pytest

from aftercare.bars import NOT_PERMITTED, REFUSED, barred, gloves, leave_check, needs_review, to_ask_today
from intake.flags import FLAGS
from intake.regions import AREAS

X11 = [
    "c_oral_surgery",
    "c_mouth_infection",
    "c_mouth_lesion",
    "c_jaw_locked",
    "c_jaw_injury",
    "c_jaw_change",
    "c_radiotherapy_head",
    "u_jaw_dislocated",
    "u_gca",
    "u_face_swelling",
    "p_bone_meds",
    "p_jaw_injection",
    "p_no_intraoral",
]
X12 = [
    "p_pregnancy",
    "c_pregnancy_early",
    "c_pregnancy_risk",
    "p_preg_unknown",
    "c_postnatal",
    "c_aneurysm",
    "c_belly_pulse",
    "c_abdo_surgery",
    "c_surgery",
    "c_clot",
    "c_cancer",
    "c_unexplained_bleeding",
    "c_blood_stool_urine",
    "c_pelvic_infection_treated",
    "p_anticoag",
    "p_bleeding",
    "p_hernia",
    "p_implant",
    "p_iud",
    "p_prolapse",
    "p_pelvic_condition",
    "p_no_pelvic",
]


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_locks_exactly_the_areas_of_its_rules(flag: str) -> None:
    expected = (
        ({"jaw_inside"} if flag in X11 else set())
        | ({"belly"} if flag in X12 or flag.startswith("u_") else set())
        | ({"pelvis", "sacrum"} if flag == "p_no_pelvic" else set())
    )

    assert set(barred(frozenset({flag}), {})) == expected


def test_a_lock_says_every_reason_and_a_reason_opens_it() -> None:
    bar = barred(frozenset({"p_anticoag", "p_hernia", "u_dvt"}), {})["belly"]

    assert bar.because == "Locked because of: blood thinners, a hernia or mesh, an urgent answer."
    assert bar.opens_with_reason


def test_what_the_client_refused_stays_closed() -> None:
    bar = barred(frozenset({"p_anticoag"}), {"belly": "no", "head": "yes", "neck": "ask"})

    assert (bar["belly"].because, bar["belly"].opens_with_reason) == (REFUSED, False)
    assert set(bar) == {"belly"}


def test_a_practice_that_does_not_work_in_the_mouth_never_opens_it() -> None:
    bar = barred(frozenset({"p_bone_meds"}), {"jaw_inside": "yes"}, is_mouth_permitted=False)["jaw_inside"]

    assert (bar.because, bar.opens_with_reason) == (NOT_PERMITTED, False)


def test_every_area_without_a_standing_yes_is_asked_on_the_day() -> None:
    assert to_ask_today({"head": "yes", "neck": "ask"}) == AREAS.keys() - {"head"}


def test_a_latex_allergy_takes_latex_gloves_away() -> None:
    assert set(gloves(frozenset())) == {"nitrile", "vinyl", "latex"}
    assert set(gloves(frozenset({"p_latex"}))) == {"nitrile", "vinyl"}


@pytest.mark.parametrize("flag", ["p_dizzy", "p_bp_faint", "p_bp_meds", "p_sedating"])
def test_who_may_be_dizzy_or_sleepy_gets_the_line_about_driving(flag: str) -> None:
    assert "not_driving" in leave_check(frozenset({flag}), ())


def test_dizziness_in_the_session_adds_the_line_and_nothing_else_does() -> None:
    assert "not_driving" in leave_check(frozenset(), ("dizzy",))
    assert len(leave_check(frozenset({"p_heart"}), ("spacey",))) == 7


@pytest.mark.parametrize(
    ("worse", "sessions", "has_changed", "expected"),
    [(2, 2, True, True), (1, 3, False, False), (1, 4, True, False), (0, 4, False, True), (0, 9, True, False)],
)
def test_rule_x18_asks_to_look_at_the_plan(worse: int, sessions: int, has_changed: bool, expected: bool) -> None:
    assert needs_review(worse, sessions, has_changed=has_changed) is expected
