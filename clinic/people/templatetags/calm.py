"""What the form templates in `templates/calm/` ask: how to draw a field, its options, and what is wrong with a form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from clinic.people.widgets import DateTrio, Scale

register = template.Library()

# From the special to the general: the first that fits draws the field.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (Scale, "scale"),
    (DateTrio, "trio"),
    (forms.CheckboxSelectMultiple, "ticks"),
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "tick"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One option, or one box of a date."""

    id: str
    name: str
    value: str
    words: str
    hint: str
    is_ticked: bool
    opens_apart: bool  # the first of those below the "or"
    attrs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; the anchor leads to the first control of the field."""

    words: str
    anchor: str = ""


@register.filter
def kind(field: BoundField) -> str:
    """The name of the template in `calm/layout/` that draws this field."""
    return next((name for widget, name in KINDS if isinstance(field.field.widget, widget)), "control")


@register.filter
def is_heading(field: BoundField) -> bool:
    """Whether this field's words are the heading of the page: a form says so with `heading = "its name"`."""
    return getattr(field.form, "heading", None) == field.name


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether to write "(optional)": not for boxes one may leave empty anyway, nor where the words already say it."""
    is_needed = field.field.required or getattr(field.field, "is_needed", False)  # looked at by the form as a whole
    if is_needed or kind(field) in {"tick", "ticks"} or getattr(field.form, "heading", None) == field.name:
        return False
    return "optional" not in str(field.label).lower()


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A single control. The server says what is missing, in words, so browsers are not asked to; words that vanish
    while one types are left out, as the label says it all."""
    field.form.use_required_attribute = False
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget()


@register.simple_tag
def option_groups(field: BoundField) -> list[tuple[str, list[Row]]]:
    """The options of a choice field as (words of the group or "", rows)."""
    widget = field.field.widget
    apart = {str(value) for value in getattr(widget, "apart", ())}
    groups = widget.optgroups(field.html_name, widget.format_value(field.value()), {"id": field.auto_id})
    pairs: list[tuple[str, list[Row]]] = []
    has_opened = False
    for words, options, _index in groups:
        rows = []
        for option in options:
            opens = str(option["value"]) in apart and not has_opened
            has_opened = has_opened or opens
            rows.append(_row(option, getattr(widget, "hints", {}), opens=opens))
        if pairs and not words and not pairs[-1][0]:
            pairs[-1][1].extend(rows)  # ungrouped options come one by one
        else:
            pairs.append((str(words or ""), rows))
    return pairs


@register.filter
def is_short(rows: list[Row]) -> bool:
    """Whether these options fit beside each other on a phone, as yes and no do."""
    return (
        len(rows) <= 3 and max(len(row.words) for row in rows) <= 12 and not any(r.hint or r.opens_apart for r in rows)
    )


@register.simple_tag
def scale_rows(field: BoundField) -> dict[str, Any]:
    """A scale's numbers, the two at its ends, and the options that stand apart from it."""
    rows = [row for _words, rows in option_groups(field) for row in rows]
    apart = {str(value) for value in field.field.widget.apart}
    numbers = [row for row in rows if row.value not in apart]
    return {
        "numbers": numbers,
        "apart": [row for row in rows if row.value in apart],
        "first": numbers[0].words if numbers else "",
        "last": numbers[-1].words if numbers else "",
    }


@register.simple_tag
def date_parts(field: BoundField) -> list[Row]:
    """The three boxes of a date."""
    context = field.field.widget.get_context(field.html_name, field.value(), {"id": field.auto_id})
    boxes = context["widget"]["subwidgets"]
    return [
        Row(
            id=box["attrs"]["id"],
            name=box["name"],
            value="" if box["value"] is None else str(box["value"]),
            words=name.capitalize(),
            hint="",
            is_ticked=False,
            opens_apart=False,
            attrs={key: value for key, value in box["attrs"].items() if key in {"autocomplete", "inputmode"}},
        )
        for name, box in zip(DateTrio.names, boxes, strict=True)
    ]


@register.filter
def first_id(field: BoundField) -> str:
    """Where a link to this field must lead: to a control that can take the focus."""
    if kind(field) in {"radios", "scale", "ticks"}:
        return next((row.id for _words, rows in option_groups(field) for row in rows), "")
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.simple_tag
def problems(form: forms.BaseForm | None, several: Iterable[forms.BaseForm] | None) -> list[Problem]:
    """Everything wrong with the form of a page, or with its several forms, in reading order."""
    found: list[Problem] = []
    for each in [*([form] if form else []), *(several or ())]:
        if getattr(each, "is_bound", False) and isinstance(each, forms.BaseForm):
            found.extend(_problems_of(each))
    return found


def _problems_of(form: forms.BaseForm) -> Iterator[Problem]:
    yield from (Problem(str(words)) for words in form.non_field_errors())
    for field in form:
        anchor = "" if field.is_hidden else first_id(field)
        yield from (Problem(str(words), anchor) for words in field.errors)


def _row(option: dict[str, Any], hints: dict[str, str], *, opens: bool) -> Row:
    value = str(option["value"])
    attrs = {key: mark for key, mark in option["attrs"].items() if key not in {"id", "checked", "required"}}
    return Row(
        id=option["attrs"].get("id", ""),
        name=option["name"],
        value=value,
        words=str(option["label"]),
        hint=hints.get(value, ""),
        is_ticked=bool(option["selected"]),
        opens_apart=opens,
        attrs=attrs,
    )
