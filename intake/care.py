"""What a client is shown when an answer calls for help or for a talk: cards in plain words; no model."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from intake.flags import FLAGS

CRISIS = frozenset({"u_crisis", "c_suicidal_thoughts"})
UNSAFE = frozenset({"c_unsafe"})  # whoever is near them may read their mail
PRIVATE = CRISIS | UNSAFE  # these never cause a letter, and a person calls the same day
SUPPORT = "p_not_answered"

NOT_WATCHED = "Nobody watches these pages day and night, so please do not wait for me."
ON_HOLD = "I have put your session on hold. We can talk when you have been seen."

# More than the card itself says, for the flags that need it.
DETAILS: dict[str, str] = {
    "u_meningitis": "Do not wait for a rash.",
    "u_head_injury": "Do not drive yourself.",
    "u_jaw_dislocated": "Do not force your jaw. Urgent dental care can help as well.",
    "u_faint": "If you hit your head, feel unwell or take blood thinners, get help now. If not, rest near someone.",
    "u_dvt": "Do not rub or press the leg. If you have chest pain or feel breathless, it is an emergency.",
    "u_pelvic_infection": "If the pain is very bad or you feel faint, it is an emergency.",
    "u_pregnancy": "With very bad pain, faintness or heavy bleeding, it is an emergency.",
    "u_gca": "If your sight has changed, it is an emergency.",
    "c_infection": "If you have a fever or a bug, please move your session to when you are well.",
    "c_unexplained_bleeding": "Please see your doctor about the bleeding soon.",
    "c_blood_stool_urine": "Please see your doctor about the blood soon.",
    "c_weight_loss": "Please see your doctor about this soon.",
    "c_belly_pulse": "Please see your doctor this week. If you get sudden, very bad pain, it is an emergency.",
    "c_jaw_locked": "Please see your dentist about your jaw soon.",
    "c_jaw_change": "Please see your dentist about your bite.",
    "c_mouth_lesion": "Please see a dentist or doctor this week.",
    "c_mouth_infection": "Please see your dentist. We can still meet and leave the mouth alone.",
    "c_gca_check": "Please see your doctor this week, and the same day if your sight changes.",
    "c_minor": "A parent or guardian needs to fill this in with you.",
    "c_dizzy": "Sit or lie down, take care on stairs, and do not drive. Please call your doctor today.",
    "c_walk_pain": "Please rest and call your doctor today.",
    "c_skin_reaction": "Wash the area. See a pharmacist or doctor if it spreads.",
}


@dataclass(frozen=True)
class Card:
    """One card: `level` is now (act at once), soon (today) or empty (a kind word); `calls` are kinds of number."""

    kind: str
    level: str
    heading: str
    lines: tuple[str, ...]
    calls: tuple[str, ...] = ()


def cards(raised: Collection[str], *, is_checkin: bool = False) -> tuple[Card, ...]:
    """The cards for these flags, the gravest first, at most one of a kind."""
    makers = (_crisis, _unsafe, _medical, _talk, _support)
    made = [card for maker in makers if (card := maker(frozenset(raised), is_checkin)) is not None]
    if any(card.kind == "crisis" for card in made):
        made = [card for card in made if card.kind != "support"]
    return tuple(made)


def calls_for_a_card(raised: Collection[str]) -> set[str]:
    """Those of the flags that the client is shown something for."""
    return {flag for flag in raised if flag == SUPPORT or FLAGS[flag].severity in ("urgent", "contact")}


def worth_showing(called: Collection[str], *, before: Collection[str]) -> frozenset[str]:
    """What is new; "let us talk first" is said once, and again only with something more to say."""
    fresh = frozenset(called) - frozenset(before)
    if not any(_is_plain_talk(flag) for flag in before):
        return fresh
    return frozenset(flag for flag in fresh if not _is_plain_talk(flag))


def _is_plain_talk(flag: str) -> bool:
    return FLAGS[flag].severity == "contact" and flag not in PRIVATE and flag not in DETAILS


def _of_route(raised: frozenset[str], route: str) -> list[str]:
    return sorted(flag for flag in raised if FLAGS[flag].route == route)


def _details(flags: Collection[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(DETAILS[flag] for flag in flags if flag in DETAILS))


def _crisis(raised: frozenset[str], is_checkin: bool) -> Card | None:
    if not raised & CRISIS:
        return None
    lines = (
        "You deserve support right now. You can talk to someone, day or night.",
        "If you might act on these thoughts, call for emergency help or go to the nearest emergency department.",
        "I am not a crisis service and I may not see this at once. I will call you when I do.",
    )
    return Card("crisis", "now", "Thank you for telling me", lines, ("crisis_line", "emergency"))


def _unsafe(raised: frozenset[str], is_checkin: bool) -> Card | None:
    if "c_unsafe" not in raised:
        return None
    lines = (
        "You deserve to be safe. I will not write about this by email.",
        "If you are in danger, call for emergency help. To talk to someone at any hour, use the other number.",
        "We can talk in private, at a time and on a number that are safe for you.",
    )
    return Card("unsafe", "soon", "You are not alone with this", lines, ("emergency", "crisis_line"))


def _medical(raised: frozenset[str], is_checkin: bool) -> Card | None:
    after = () if is_checkin else (ON_HOLD,)
    emergency, same_day = _of_route(raised, "emergency"), _of_route(raised, "same_day")
    if emergency:
        first = "Your answer may be a sign of something that needs quick care."
        lines = (first, *_details(emergency + same_day), NOT_WATCHED, *after)
        return Card("emergency", "now", "Please get medical help now", lines, ("emergency",))
    if same_day:
        first = "Your answer may need care today. If you feel much worse, call for emergency help."
        calls = ("maternity", "advice_line") if "u_pregnancy" in same_day else ("advice_line",)
        lines = (first, *_details(same_day), NOT_WATCHED, *after)
        return Card("same_day", "now", "Please get medical help today", lines, (*calls, "emergency"))
    return None


def _talk(raised: frozenset[str], is_checkin: bool) -> Card | None:
    flags = sorted(flag for flag in raised - PRIVATE if FLAGS[flag].severity == "contact")
    if not flags:
        return None
    if is_checkin:
        lines = (*_details(flags), "I will get in touch within one working day.")
        return Card("talk", "", "Thank you for telling me", lines)
    lines = (
        "I would like a short talk before we meet, so that I can plan well. Your place is held for now.",
        *_details(flags),
        "If you feel worse or unsure, do not wait for me. Call your doctor, or get emergency help if it feels urgent.",
    )
    return Card("talk", "", "Let us talk first", lines)


def _support(raised: frozenset[str], is_checkin: bool) -> Card | None:
    if SUPPORT not in raised:
        return None
    lines = ("Should you ever want to talk to someone, these lines are open day and night.",)
    return Card("support", "", "Someone to talk to", lines, ("crisis_line", "emergency"))
