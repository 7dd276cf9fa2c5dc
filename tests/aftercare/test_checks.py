"""When a session record may be kept and when it may be closed."""

from dataclasses import replace

import pytest

from aftercare.checks import Limits, to_close, to_keep
from aftercare.record import LEAVE_CHECK, Record

FULL = Record(
    areas=("head",),
    touch_style="light_still",
    comfort=2,
    leave_check=tuple(LEAVE_CHECK),
    emotional_release="none",
)
HEAD_IS_FINE = Limits(consent={"head": "yes"})


def test_a_full_record_may_be_closed() -> None:
    assert to_close(FULL, HEAD_IS_FINE) == {}


def test_an_empty_draft_may_be_kept() -> None:
    assert to_keep(Record(), Limits()) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"areas": ()}, "areas"),
        ({"touch_style": ""}, "touch_style"),
        ({"emotional_release": ""}, "emotional_release"),
        ({"leave_check": tuple(LEAVE_CHECK)[1:]}, "leave_check"),
        ({"sharp_pain": True}, "sharp_pain_note"),
        ({"after": ("dizzy",)}, "leave_check"),
        ({"comfort": 11}, "comfort"),
    ],
)
def test_what_is_missing_keeps_it_open(change: dict[str, object], field: str) -> None:
    assert set(to_close(replace(FULL, **change), HEAD_IS_FINE)) == {field}  # type: ignore[arg-type]


def test_an_area_without_a_yes_needs_one_spoken_today() -> None:
    record = replace(FULL, areas=("neck",))

    assert set(to_keep(record, HEAD_IS_FINE)) == {"asked_today"}
    assert to_keep(replace(record, asked_today=("neck",)), HEAD_IS_FINE) == {}


def test_a_refused_area_is_never_noted_as_worked_on() -> None:
    record = replace(FULL, areas=("belly",), asked_today=("belly",), unlocked={"belly": "they asked"})

    assert to_keep(record, Limits(consent={"belly": "no"}))["areas"] == "Belly: They said no to touch here."


def test_a_locked_area_opens_with_a_reason_and_a_yes_today() -> None:
    limits = Limits(flags=frozenset({"p_hernia"}), consent={"belly": "ask"})
    record = replace(FULL, areas=("belly",))

    assert "Say why you opened it." in to_keep(record, limits)["areas"]
    assert "asked today" in to_keep(replace(record, unlocked={"belly": "far from it"}), limits)["asked_today"]
    assert to_keep(replace(record, unlocked={"belly": "far from it"}, asked_today=("belly",)), limits) == {}


def test_opening_the_mouth_against_a_lock_needs_a_yes_today_even_with_a_standing_one() -> None:
    limits = Limits(flags=frozenset({"p_bone_meds"}), consent={"jaw_inside": "yes"})
    record = Record(areas=("jaw_inside",), unlocked={"jaw_inside": "their dentist agrees"})

    assert "asked today" in to_keep(record, limits)["asked_today"]
    assert to_keep(replace(record, asked_today=("jaw_inside",)), limits) == {}


def test_work_in_the_mouth_needs_its_details() -> None:
    limits = Limits(consent={"jaw_inside": "yes"})
    record = replace(FULL, areas=("jaw_inside",))
    details = {"glove": "nitrile", "mouth_consent_at": "10:05", "mouth_minutes": 5, "mouth_tolerated": "well"}

    assert set(to_close(record, limits)) == details.keys()
    assert to_close(replace(record, **details), limits) == {}  # type: ignore[arg-type]


def test_latex_gloves_are_refused_to_who_is_allergic() -> None:
    assert set(to_keep(Record(glove="latex"), Limits(flags=frozenset({"p_latex"})))) == {"glove"}


def test_a_record_comes_back_from_storage_as_it_went_in() -> None:
    record = replace(FULL, unlocked={"belly": "why"}, notes="calm", mouth_minutes=3)

    assert Record.from_json(record.to_json() | {"a_field_of_the_past": 1}) == record
