"""The form field of a question, and the way between what was typed and the answer that is kept."""

from __future__ import annotations

from typing import Any

from django import forms

from clinic.people.widgets import DateTrio, DateTrioField, Radios, Scale, Ticks
from intake import companions
from intake.answers import complaint, parts
from intake.definition import DECLINED, NOWHERE, Answer, Item
from intake.regions import REGIONS

LONG_TEXT = 120  # characters; more get a box of several lines
GROUPS = (
    ("Head, jaw and neck", "forehead", "shoulder_r"),
    ("Chest, ribs and upper belly", "chest", "belly_upper"),
    ("Belly, back, pelvis and hips", "belly_low_l", "thigh_inner_r"),
    ("Arms and legs", "arm_l", "foot_r"),
)
YES_NO = (("yes", "Yes"), ("no", "No"))
UNSURE = ("dk", "unsure")  # answers that stand below the "or" with the ways round a question


class RoughDate(DateTrio):
    """Day, month and year, of which the year is enough."""

    def decompress(self, value: Any) -> list[Any]:
        year, month, day = [*(str(value).split("-") if value else []), None, None, None][:3]
        return [day, month, year]


class RoughDateField(DateTrioField):
    """A date as FHIR writes it: a year, a month of it, or a day."""

    widget = RoughDate

    def to_python(self, value: Any) -> Any:
        day, month, year = ((part or "").strip() for part in value or ("", "", ""))
        if year and not day:
            whole = super().to_python(["1", month or "1", year])
            return f"{whole:%Y-%m}" if month else f"{whole:%Y}"
        whole = super().to_python([day, month, year])
        return whole.isoformat() if whole else None


def question(item: Item) -> forms.Field:
    """The field that asks this question; its label is the row's words where it stands under a stem."""
    make = {
        "choice": _choice,
        "multi": _several,
        "body_map": _body_map,
        "scale": _scale,
        "boolean": _boolean,
        "date": _date,
        "number": _number,
        "quantity": _number,
        "moment": _date,
        "time": _time,
    }.get(item.control, _text)
    field = companions.lines(item) if companions.is_lines(item) else make(item)
    field.required = item.required
    field.help_text = " ".join(words for words in (item.help, str(field.help_text)) if words)
    field.error_messages["required"] = _row_first(item, complaint(item, ()))
    return field


def declining(item: Item) -> forms.ChoiceField:
    """The way round a sensitive question whose own field is not a list of options."""
    field = forms.ChoiceField(choices=list(DECLINED.items()), required=False, label="Or", widget=Radios())
    vars(field)["is_needed"] = True  # it stands for the question, which says itself whether it may be left empty
    return field


def is_list(item: Item) -> bool:
    """Whether the ways round the question can stand among its own options."""
    return item.control in ("choice", "multi", "body_map", "scale", "boolean")


def to_field(item: Item, answer: Answer) -> Any:
    """The kept answer as the field shows it."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if item.control in ("multi", "body_map"):
        return [answer] if isinstance(answer, str) else answer
    return str(answer) if isinstance(answer, int) else answer


def to_answer(item: Item, value: Any) -> Answer:
    """What was typed as the answer that is kept; None where nothing was."""
    if value in (None, "", []):
        return None
    if item.control in ("multi", "body_map") and isinstance(value, list):
        return value[0] if len(value) == 1 and value[0] in DECLINED else list(value)
    if not isinstance(value, (list, dict)) and value in DECLINED:
        return str(value)
    if companions.is_lines(item):
        return companions.lines_answer(item, value)
    return _plain(item, value)


def problem(item: Item, answer: Answer) -> str:
    """What is wrong with an answer, in plain words; empty when it is fine."""
    given = parts(answer)
    alone = next((code for code in given if code in DECLINED), None)
    if alone and len(given) > 1:
        option = item.option(alone)
        return f"Choose “{option.text if option else DECLINED[str(alone)]}” on its own, or untick it."
    return complaint(item, given)


def ticked(item: Item, value: Any) -> list[str]:
    """What was ticked, without a "none of these" or a way round beside it: a sign beats those."""
    chosen = [(code, item.option(code)) for code in value] if isinstance(value, list) else []
    return [code for code, option in chosen if code not in DECLINED and not (option and option.exclusive)]


def _plain(item: Item, value: Any) -> Answer:
    if item.control == "boolean":
        return bool(value == "yes")
    if item.control == "scale":
        return int(value)
    if item.control == "number":
        return str(value) if item.type == "decimal" else int(value)
    if isinstance(value, (list, dict)):
        return value
    if item.control == "time":
        return str(value.isoformat())
    return str(value).replace("\r\n", "\n")


def _ways_round(item: Item) -> list[tuple[str, str]]:
    """The options for not answering; those that the questionnaire words itself keep its words."""
    own = {option.code for option in item.options}
    return [(code, words) for code, words in DECLINED.items() if code not in own] if item.sensitive else []


def _split_options(item: Item) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The options proper, and those below the "or"."""
    options = [(option.code, option.text) for option in item.options]
    apart = [pair for pair in options if pair[0] in (*DECLINED, *UNSURE)]
    return [pair for pair in options if pair not in apart], apart + _ways_round(item)


def _choice(item: Item) -> forms.Field:
    proper, apart = _split_options(item)
    return forms.ChoiceField(
        choices=proper + apart, label=item.row or item.words, widget=Radios(apart=[code for code, _ in apart])
    )


def _several(item: Item) -> forms.Field:
    options, apart = _split_options(item)
    alone = [(option.code, option.text) for option in item.options if option.exclusive]
    apart = alone + apart
    return forms.MultipleChoiceField(
        choices=[pair for pair in options if pair not in alone] + apart,
        label=item.row or item.words,
        widget=Ticks(apart=[code for code, _ in apart]),
    )


def _body_map(item: Item) -> forms.Field:
    apart = [(option.code, option.text) for option in item.options if option.code == NOWHERE] + _ways_round(item)
    return forms.MultipleChoiceField(
        choices=[*_region_groups(item.regions), *apart],
        label=item.row or item.words,
        widget=Ticks(apart=[code for code, _ in apart]),
    )


def _region_groups(regions: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    order = list(REGIONS)
    groups = []
    for words, first, last in GROUPS:
        span = order[order.index(first) : order.index(last) + 1]
        found = [(region, REGIONS[region]) for region in span if region in regions]
        if found:
            groups.append((words, found))
    return groups


def _scale(item: Item) -> forms.Field:
    numbers = range(int(item.minimum or 0), int(item.maximum or 10) + 1)
    apart = _ways_round(item)
    return forms.ChoiceField(
        choices=[(str(number), str(number)) for number in numbers] + apart,
        label=item.row or item.words,
        widget=Scale(apart=[code for code, _ in apart], low=item.min_label, high=item.max_label),
    )


def _boolean(item: Item) -> forms.Field:
    apart = _ways_round(item)
    return forms.ChoiceField(
        choices=[*YES_NO, *apart], label=item.row or item.words, widget=Radios(apart=[code for code, _ in apart])
    )


def _date(item: Item) -> forms.Field:
    return RoughDateField(label=item.row or item.words)


def _number(item: Item) -> forms.Field:
    """Its limits are the questionnaire's own; `problem` looks at them."""
    kind = forms.IntegerField if item.type == "integer" else forms.DecimalField
    unit = f" ({item.units[0].text})" if len(item.units) == 1 else ""
    mode = "numeric" if item.type == "integer" else "decimal"
    return kind(label=(item.row or item.words) + unit, widget=forms.TextInput(attrs={"inputmode": mode}))


def _time(item: Item) -> forms.Field:
    return companions.clock_field(item.row or item.words)


def _text(item: Item) -> forms.Field:
    """Its length is looked at by `problem`: a browser that stops at a limit would lose words without saying so."""
    is_long = item.type == "text" and (item.max_length is None or item.max_length > LONG_TEXT)
    widget = forms.Textarea(attrs={"rows": 4}) if is_long else forms.TextInput()
    return forms.CharField(label=item.row or item.words, widget=widget)


def _row_first(item: Item, words: str) -> str:
    """Under a stem each message says which row it means."""
    return f"{item.row[:1].upper()}{item.row[1:]}: {words[:1].lower()}{words[1:]}" if item.row and words else words
