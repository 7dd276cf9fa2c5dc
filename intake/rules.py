"""The cross rules: what several answers mean together, over all of a client's newest forms."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from intake.answers import is_date, parts
from intake.definition import DECLINED, Answer
from intake.evaluation import Raised


@dataclass(frozen=True, kw_only=True)
class ClinicalFacts:
    """What is known of a client today: the newest answer of each link id, live flags, newest scores."""

    today: date
    age: int | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    scores: Mapping[str, Decimal | None] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()  # link ids that were shown in the forms that were sent (or are being sent)

    def has(self, *flags: str) -> bool:
        """Whether any of these flags is live."""
        return bool(self.flags.intersection(flags))

    def ticked(self, link_id: str, *codes: str) -> bool:
        """Whether any of these answers was given."""
        return bool(set(parts(self.answers.get(link_id))).intersection(codes))

    def day(self, link_id: str) -> date | None:
        """A date that was given; a rough one counts as its last day, which is the careful reading."""
        given = parts(self.answers.get(link_id))
        if len(given) != 1 or not is_date(given[0]):
            return None
        year, month, day = (*(int(part) for part in str(given[0]).split("-")), 0, 0)[:3]
        return date(year, month or 12, day or monthrange(year, month or 12)[1])


@dataclass(frozen=True, kw_only=True)
class Advice:
    """Something a rule asks of a page or a person.

    `does`: card (words added to the client's card), mark (words for the practitioner beside the flag),
    preset (how the session starts out), guardian, hide_scores, hold (keep as a draft, offer a call),
    route (show the emergency route only).
    """

    rule: str
    does: str
    words: str
    flag: str = ""


Found = Iterator[Raised | Advice]
RULES: dict[str, Callable[[ClinicalFacts], Found]] = {}


def _rule(check: Callable[[ClinicalFacts], Found]) -> Callable[[ClinicalFacts], Found]:
    RULES[check.__name__.upper()] = check
    return check


def cross(facts: ClinicalFacts) -> list[Raised]:
    """The flags that the cross rules raise."""
    return [found for check in RULES.values() for found in check(facts) if isinstance(found, Raised)]


def advise(facts: ClinicalFacts) -> list[Advice]:
    """What else the cross rules ask for."""
    return [found for check in RULES.values() for found in check(facts) if isinstance(found, Advice)]


@_rule
def x1(facts: ClinicalFacts) -> Found:
    """A head or jaw injury with blood thinners is urgent for a week, or when we do not know how old it is."""
    if not (facts.has("c_head_injury", "c_jaw_injury") and facts.has("p_anticoag", "p_bleeding")):
        return
    injured_on = facts.day("gen_head_date")
    if injured_on is None or injured_on >= facts.today - timedelta(days=7):
        yield Raised("u_head_injury", "rule X1")
        return
    words = "If you have not been checked since, please call your doctor or {advice_line} today."
    for flag in ("c_head_injury", "c_jaw_injury"):
        if facts.has(flag):
            yield Advice(rule="X1", does="card", flag=flag, words=words)


@_rule
def x2(facts: ClinicalFacts) -> Found:
    """With a shunt or raised pressure, a worsening or sudden headache or a fever is urgent."""
    if facts.has("c_shunt", "c_icp") and facts.ticked("gen_today", "pressure", "worst_headache", "fever"):
        yield Raised("u_icp", "rule X2")


@_rule
def x3(facts: ClinicalFacts) -> Found:
    """Any headache soon after a spinal needle is urgent."""
    if facts.has("c_lumbar_puncture") and facts.ticked("gen_today", "worst_headache", "pressure"):
        yield Raised("u_icp", "rule X3")
        yield Advice(
            rule="X3", does="card", flag="u_icp", words="A headache after a spinal needle needs checking today."
        )


@_rule
def x4(facts: ClinicalFacts) -> Found:
    """Under 50, signs of giant cell arteritis stay urgent for the client, and read as a check for us.

    Not when blurred sight was ticked: then it stays what it is.
    """
    if facts.has("u_gca") and facts.age is not None and facts.age < 50 and not facts.ticked("gen_today", "pressure"):
        yield Raised("c_gca_check", "rule X4")


@_rule
def x6(facts: ClinicalFacts) -> Found:
    """A stroke or brain bleed less than six months ago: decline, unless a person decides otherwise."""
    happened_on = facts.day("gen_head_date")
    if happened_on and facts.ticked("gen_head_spine", "bleed") and happened_on > _six_months_before(facts.today):
        yield Advice(
            rule="X6", does="mark", flag="c_stroke_bleed", words="Less than six months ago: decline by default."
        )


@_rule
def x7(facts: ClinicalFacts) -> Found:
    """From 14 weeks of pregnancy: side-lying or tilted, no belly or psoas, the pelvis only as agreed."""
    if facts.ticked("gen_pregnancy", "t2", "t3"):
        yield Advice(
            rule="X7",
            does="preset",
            flag="p_pregnancy",
            words="Side-lying or tilted. No belly or psoas work. Pelvis only gently, and only as agreed.",
        )


@_rule
def x8(facts: ClinicalFacts) -> Found:
    """Pain of 35 or more in both pelvis and jaw: ask about both."""
    if all((facts.scores.get(score) or 0) >= 35 for score in ("pel_intensity", "jaw_intensity")):
        yield Raised("n_jaw_pelvis_link", "rule X8")


@_rule
def x13(facts: ClinicalFacts) -> Found:
    """Under 18: a parent or guardian fills it in too, and the scores for adults do not apply."""
    if facts.age is not None and facts.age < 18:
        yield Raised("c_minor", "rule X13")
        yield Advice(
            rule="X13", does="guardian", flag="c_minor", words="A parent or guardian must fill this in with you."
        )
        yield Advice(
            rule="X13", does="hide_scores", flag="c_minor", words="These scores are for adults; they are not shown."
        )


@_rule
def x14(facts: ClinicalFacts) -> Found:
    """Without the needed consents the form stays a draft, and we offer to talk instead."""
    needed = facts.asked.intersection({"consent_info", "consent_stop", "consent_data"})
    if any(facts.answers.get(link_id) is not True for link_id in needed):
        yield Advice(
            rule="X14", does="hold", words="Your answers stay a draft until you agree. You can also call us instead."
        )


@_rule
def x15(facts: ClinicalFacts) -> Found:
    """A safety question that was shown and skipped: ask once, in person, and never nag."""
    for link_id in ("str_safe", "str_home"):
        given = parts(facts.answers.get(link_id))
        if link_id in facts.asked and (not given or given[0] in DECLINED):
            yield Raised("p_not_answered", "rule X15")
            return


@_rule
def x16(facts: ClinicalFacts) -> Found:
    """A possible leg clot with chest pain is an emergency and nothing less."""
    if facts.has("u_dvt") and facts.has("u_chest"):
        yield Advice(
            rule="X16", does="route", flag="u_dvt", words="Please get medical help now. Call {emergency}. Do not wait."
        )


def _six_months_before(day: date) -> date:
    year, month = (day.year, day.month - 6) if day.month > 6 else (day.year - 1, day.month + 6)
    return date(year, month, min(day.day, monthrange(year, month)[1]))
