"""What answers mean, worked out slowly and separately from the product: the oracle for the shipped forms."""

from fractions import Fraction
from typing import Any

from tests.intake.content import FORMS, options

Answers = dict[str, Any]


def shown(form: str, answers: Answers, baseline: Answers, *, asks_self_harm: bool) -> set[str]:
    """The questions that are shown, straight from the agreed conditions."""
    return {
        item["id"] for item in FORMS[form]["items"] if _is_shown(item, answers, baseline, asks_self_harm=asks_self_harm)
    }


def _is_shown(item: dict[str, Any], answers: Answers, baseline: Answers, *, asks_self_harm: bool) -> bool:
    if item["id"] == "str_safe":
        return asks_self_harm
    when = item.get("show_when")
    if item["id"] == "chk_concern":
        when = {"baseline": "gen_profile"}
    if when is None:
        return True
    given = baseline.get(when["baseline"]) if "baseline" in when else answers.get(when["item"])
    if given in (None, "", []) or ("baseline" in when and baseline.get("gen_profile") is None):
        return False
    if "any_except" in when:
        return not set(given) & set(when["any_except"])
    return given in when["in"] if "in" in when else "gte" not in when or given >= when["gte"]


def scores(form: str, answers: Answers, visible: set[str]) -> dict[str, Fraction | None]:
    """Mean of what was answered, times the factor, if enough was."""
    return {score["id"]: _score(form, score, answers, visible) for score in FORMS[form]["scores"]}


def _score(form: str, score: dict[str, Any], answers: Answers, visible: set[str]) -> Fraction | None:
    by_id = {item["id"]: item for item in FORMS[form]["items"]}
    each = [_number(by_id[name], answers.get(name)) for name in score["items"] if name in visible]
    known = [number for number in each if number is not None]
    if len(known) < score["min_answered"]:
        return None
    return Fraction(sum(known) * int(score["factor"]), len(known))


def _number(item: dict[str, Any], answer: Any) -> int | None:
    if isinstance(answer, int):
        return answer
    return options(item).get(answer, {}).get("score") if isinstance(answer, str) else None


def flags(form: str, answers: Answers, visible: set[str], baseline: Answers) -> set[str]:
    """Flags of ticked answers, of rules on answers, and of rules on scores."""
    raised: set[str] = set()
    for item in FORMS[form]["items"]:
        if item["id"] in visible and answers.get(item["id"]) not in (None, "", []):
            raised |= _item_flags(item, answers[item["id"]])
    for score in FORMS[form]["scores"]:
        value = scores(form, answers, visible)[score["id"]]
        for rule in score.get("rules", []):
            before = baseline.get(score.get("compare_to", ""))
            if value is not None and "gte" in rule and value >= rule["gte"]:
                raised.add(rule["flag"])
            if value is not None and "change_gte" in rule and before is not None:
                raised |= {rule["flag"]} if value - Fraction(str(before)) >= rule["change_gte"] else set()
    return raised


def _item_flags(item: dict[str, Any], answer: Any) -> set[str]:
    codes = answer if isinstance(answer, list) else [answer]
    known = options(item)
    # Telling it in person is treated as skipping it.
    codes = ["skip" if code == "in_person" else code for code in codes]
    raised = {flag for code in codes if isinstance(code, str) for flag in known.get(code, {}).get("flags", [])}
    for rule in item.get("rules", []):
        number = _number(item, answer)
        is_met = (
            ("gte" in rule and isinstance(answer, int) and answer >= rule["gte"])
            or ("score_gte" in rule and number is not None and number >= rule["score_gte"])
            or (rule.get("when") == "any" and answer != ["nowhere"])
            or (rule.get("is") is True and answer is True)
        )
        raised |= {rule["flag"]} if is_met else set()
    return raised
