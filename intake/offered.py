"""Which questionnaires a reason asks for, the practice's own among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intake.own_models import OwnQuestionnaire
from intake.reasons import BY_SLUG, CHECKIN, ORDER, REASONS, Reason, questionnaires

OWN = "form-"  # a reason of the practice's own, or a service, asks for its form by this and the form's slug


def reasons() -> list[Reason]:
    """Every reason that a client may choose when booking."""
    own = [Reason(f"{OWN}{each.slug}", each.chip, (each.slug,)) for each in _asked() if each.chip]
    return [*REASONS, *own]


def askable() -> list[tuple[str, str]]:
    """What a service may ask for: the reasons, and every form of the practice's own."""
    own = [(f"{OWN}{each.slug}", f"Our form: {each.title}") for each in _asked() if each.slug not in BUILT_IN]
    return [*((reason.slug, reason.words) for reason in REASONS), *own]


def wanted(chosen: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    """The shipped forms that these reasons ask for, and the practice's own with the days that each lasts.

    A retired one is asked no more.
    """
    known = [slug for slug in chosen if not slug.startswith(OWN)]
    named = {slug.removeprefix(OWN) for slug in chosen if slug.startswith(OWN)}
    own = [each for each in _asked() if each.slug not in BUILT_IN and _is_wanted(each, known, named)]
    return questionnaires(known), {each.slug: each.lasts_days for each in own}


def words(chosen: Iterable[str]) -> list[str]:
    """The reasons as the client chose them on the page."""
    own = {reason.slug: reason.words for reason in reasons()}
    return [own[slug] for slug in chosen if slug in own]


BUILT_IN = frozenset({*ORDER, CHECKIN, *(slug for reason in BY_SLUG.values() for slug in reason.questionnaires)})


def _is_wanted(each: OwnQuestionnaire, chosen: Sequence[str], named: set[str]) -> bool:
    return each.is_always or each.slug in named or bool(set(each.reasons) & set(chosen))


def _asked() -> list[OwnQuestionnaire]:
    return list(OwnQuestionnaire.objects.filter(retired_at=None, published__isnull=False).defer("draft"))
