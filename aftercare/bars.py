"""What answers bar in a session: areas (rules X11, X12), gloves (X10); and the line X17 adds to the leave check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aftercare.record import GLOVES, LEAVE_CHECK, MOUTH, NOT_DRIVING
from intake.regions import AREAS

# Rule X11: no work inside the mouth.
NOT_IN_MOUTH = {
    "c_oral_surgery": "oral surgery in the last 6 weeks",
    "c_mouth_infection": "a mouth infection",
    "c_mouth_lesion": "a lump or ulcer in the mouth",
    "c_jaw_locked": "a jaw that will not open wide",
    "c_jaw_injury": "a blow to the jaw, face or head in the last 6 weeks",
    "c_jaw_change": "a sudden change of bite",
    "c_radiotherapy_head": "radiotherapy to the head or neck",
    "u_jaw_dislocated": "a jaw that is stuck open",
    "u_gca": "signs of an inflamed artery at the temple",
    "u_face_swelling": "swelling of the face or mouth",
    "p_bone_meds": "bone medicine",
    "p_jaw_injection": "recent jaw injections",
    "p_no_intraoral": "they want no work inside the mouth",
}
# Rule X12: no work on the belly or psoas.
NOT_ON_BELLY = {
    "p_pregnancy": "pregnancy",
    "c_pregnancy_early": "a pregnancy, or the chance of one",
    "c_pregnancy_risk": "a high-risk pregnancy",
    "p_preg_unknown": "a pregnancy question they skipped",
    "c_postnatal": "a birth in the last 6 weeks",
    "c_aneurysm": "an aneurysm",
    "c_belly_pulse": "a throbbing lump in the belly",
    "c_abdo_surgery": "belly or pelvic surgery in the last 12 weeks",
    "c_surgery": "an operation in the last 6 weeks",
    "c_clot": "a blood clot in the last 3 months",
    "c_cancer": "cancer or its treatment in the last year",
    "c_unexplained_bleeding": "bleeding that nobody has checked",
    "c_blood_stool_urine": "blood in urine or stool",
    "c_pelvic_infection_treated": "an infection under treatment",
    "p_anticoag": "blood thinners",
    "p_bleeding": "a bleeding disorder",
    "p_hernia": "a hernia or mesh",
    "p_implant": "a hernia, stoma or implant",
    "p_iud": "a recent coil",
    "p_prolapse": "a prolapse or pessary",
    "p_pelvic_condition": "a pelvic condition",
    "p_no_pelvic": "they want no touch around the pelvis",
}
# Flag p_no_pelvic also closes what lies around the belly.
NOT_NEAR_PELVIS = {"p_no_pelvic": "they want no touch around the pelvis"}
RULES: dict[str, Mapping[str, str]] = {
    MOUTH: NOT_IN_MOUTH,
    "belly": NOT_ON_BELLY,
    "pelvis": NOT_NEAR_PELVIS,
    "sacrum": NOT_NEAR_PELVIS,
}

URGENT = "an urgent answer"
REFUSED = "They said no to touch here."
NOT_PERMITTED = "This practice does not work inside the mouth."
DIZZY = frozenset({"p_dizzy", "p_bp_faint", "p_bp_meds", "p_sedating"})


@dataclass(frozen=True)
class Bar:
    """One closed area: why, and whether a reason opens it."""

    area: str
    because: str
    opens_with_reason: bool

    @property
    def words(self) -> str:
        return AREAS[self.area]


def barred(flags: frozenset[str], consent: Mapping[str, str], *, is_mouth_permitted: bool = True) -> dict[str, Bar]:
    """The closed areas. What the client refused stays closed; what an answer closes opens with a reason."""
    found = {
        area: Bar(area, because, opens_with_reason=True) for area in AREAS if (because := _from_answers(area, flags))
    }
    if not is_mouth_permitted:
        found[MOUTH] = Bar(MOUTH, NOT_PERMITTED, opens_with_reason=False)
    return found | {
        area: Bar(area, REFUSED, opens_with_reason=False) for area, answer in consent.items() if answer == "no"
    }


def _from_answers(area: str, flags: frozenset[str]) -> str:
    rules = RULES.get(area, {})
    reasons = [words for flag, words in rules.items() if flag in flags]
    if area == "belly" and any(flag.startswith("u_") for flag in flags):
        reasons.append(URGENT)
    return f"Locked because of: {', '.join(reasons)}." if reasons else ""


def to_ask_today(consent: Mapping[str, str]) -> frozenset[str]:
    """The areas without a standing yes: each needs one spoken on the day."""
    return frozenset(area for area in AREAS if consent.get(area) != "yes")


def gloves(flags: frozenset[str]) -> dict[str, str]:
    """The glove materials on offer; rule X10 takes latex away."""
    return {key: words for key, words in GLOVES.items() if not (key == "latex" and "p_latex" in flags)}


def leave_check(flags: frozenset[str], after: tuple[str, ...]) -> dict[str, str]:
    """The lines to tick before the record is closed; rule X17 adds one for those who may be dizzy or sleepy."""
    needs_lift = bool(flags & DIZZY) or "dizzy" in after
    return LEAVE_CHECK | NOT_DRIVING if needs_lift else dict(LEAVE_CHECK)


def needs_review(worse_sessions: int, sessions: int, *, has_changed: bool) -> bool:
    """Rule X18: twice worse after a session, or four sessions without a change that matters."""
    return worse_sessions >= 2 or (sessions >= 4 and not has_changed)
