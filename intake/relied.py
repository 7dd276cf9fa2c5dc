"""What the practice's own wording of a shipped form must keep: rules, scores and letters rely on it."""

from __future__ import annotations

from collections.abc import Iterator

from intake.compiling import shipped
from intake.definition import Definition, Item
from intake.shape import Problem

# Link ids that the code itself looks for.
NAMED = frozenset({
    "chk_walk", "gen_activity", "gen_goal", "gen_head_date", "gen_head_spine", "gen_pregnancy", "gen_pregnancy_signs",
    "gen_today", "jaw_inside", "jaw_joint_l", "jaw_joint_r", "jaw_outside", "jaw_pain_worst", "jaw_signs",
    "pel_pain_worst", "str_home", "str_safe", "str_settle", "ask_self_harm",
})  # fmt: skip


def is_relied_on(slug: str, link_id: str) -> bool:
    """Whether something of the product looks at this question."""
    theirs = shipped().get(slug)
    item = theirs.by_id.get(link_id) if theirs else None
    return theirs is not None and item is not None and _is_relied_on(item, theirs)


def missing(slug: str, own: Definition) -> Iterator[Problem]:
    """What a practice's own wording of a shipped form has lost."""
    theirs = shipped().get(slug)
    if theirs is None:
        return
    for item in theirs.by_id.values():
        if _is_relied_on(item, theirs):
            yield from _lost(item, own.by_id.get(item.link_id))
    for score in theirs.scores:
        if own.scores_by_id.get(score.id) != score:
            yield Problem(f"scores[{score.id}]", "letters and rules use this score; keep it as it is")


def _is_relied_on(item: Item, definition: Definition) -> bool:
    scored = {name for score in definition.scores for name in score.items}
    has_flags = bool(item.rules) or any(option.flags for option in item.options)
    return has_flags or item.hidden or item.control == "consent" or item.link_id in NAMED | scored


def _lost(item: Item, own: Item | None) -> Iterator[Problem]:
    path = f"item[{item.link_id}]"
    if own is None:
        yield Problem(path, "rules use this question, so it cannot be removed")
        return
    if (own.type, own.control, own.rules) != (item.type, item.control, item.rules):
        yield Problem(path, "rules use this question; only its words may change")
    for option in item.options:
        kept = own.option(option.code)
        if kept is None:
            yield Problem(f"{path}.answerOption[{option.code}]", "rules may use this answer, so it cannot be removed")
        elif (kept.flags, kept.score, kept.exclusive) != (option.flags, option.score, option.exclusive):
            yield Problem(f"{path}.answerOption[{option.code}]", "rules use this answer; only its words may change")
