"""How every form is drawn: the template pack `calm`, judged by the page that comes out."""

from datetime import date
from xml.etree.ElementTree import Element

import html5lib
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from django import forms
from django.template import engines

from clinic.people.widgets import DateTrioField, Radios, Scale, Ticks

PAGE = '{% extends "base.html" %}{% load crispy_forms_tags %}{% block title %}Test{% endblock %}{% block main %}'
FAR = "skip"


class Everything(forms.Form):
    """One field of every kind."""

    heading = "often"
    often = forms.ChoiceField(
        label="How often?",
        help_text="In the last 2 weeks",
        choices=[("0", "Never"), ("1", "Often"), (FAR, "I would rather not say")],
        widget=Radios(apart=[FAR], hints={"1": "Most days"}),
        error_messages={"required": "Choose how often."},
    )
    strength = forms.ChoiceField(
        label="How strong is it?",
        choices=[*((str(n), str(n)) for n in range(11)), (FAR, "I would rather not say")],
        widget=Scale(apart=[FAR], low="nothing", high="the worst"),
        error_messages={"required": "Choose a number from 0 to 10."},
    )
    where = forms.MultipleChoiceField(
        label="Where?",
        choices=[("Head", [("jaw", "Jaw"), ("ear", "Ear")]), ("Legs", [("foot", "Foot")]), ("none", "Nowhere")],
        widget=Ticks(apart=["none"]),
        error_messages={"required": "Tick the places."},
    )
    born = DateTrioField(label="When were you born?", help_text="For example 27 3 1984")
    agrees = forms.BooleanField(label="I agree", error_messages={"required": "Tick the box to go on."})
    email = forms.EmailField(
        label="Email address", help_text="We write to this address.", error_messages={"required": "Enter your address."}
    )
    note = forms.CharField(label="Anything else?", required=False, widget=forms.Textarea)
    who = forms.ChoiceField(label="Who?", choices=[("a", "Anyone"), ("b", "Clara")])
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def page(form: forms.Form, body: str = "{% crispy form %}") -> Element:
    """The page with this form, refused where it is not valid HTML."""
    template = engines["django"].from_string(PAGE + body + "{% endblock %}")
    html = template.render({"form": form, "practice": {"name": "Stillpoint", "phone": "020", "email": "a@b.org"}})
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    return tree


def by_id(tree: Element, name: str) -> Element:
    found = tree.findall(f".//*[@id='{name}']")
    assert len(found) == 1, f"{name}: {len(found)} times"
    return found[0]


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.fixture
def empty() -> Element:
    return page(Everything({}))


def test_every_id_is_used_once(empty: Element) -> None:
    ids = [e.get("id") for e in empty.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_every_control_has_words_that_lead_to_it(empty: Element) -> None:
    labels = {label.get("for") for label in empty.iter("label")}
    controls = [e for tag in ("input", "select", "textarea") for e in empty.iter(tag) if e.get("type") != "hidden"]
    assert len(controls) > 20
    assert all(e.get("id") in labels for e in controls)


def test_what_describes_a_control_is_on_the_page(empty: Element) -> None:
    described = [e.get("aria-describedby", "") for e in empty.iter() if e.get("aria-describedby")]
    assert described
    for ids in described:
        for each in ids.split():
            by_id(empty, each)


def test_the_hint_comes_before_the_error(empty: Element) -> None:
    fieldset = by_id(empty, "id_often_helptext")
    assert words(fieldset) == "In the last 2 weeks"
    described = [e.get("aria-describedby") for e in empty.iter("fieldset") if e.get("aria-describedby")]
    assert "id_often_helptext id_often_error" in described
    assert by_id(empty, "id_email").get("aria-describedby") == "id_email_helptext id_email_error"


def test_an_error_is_said_beside_its_field(empty: Element) -> None:
    assert words(by_id(empty, "id_often_error")) == "Error: Choose how often."
    assert words(by_id(empty, "id_agrees_error")) == "Error: Tick the box to go on."


def test_the_summary_names_every_error_and_leads_to_a_control(empty: Element) -> None:
    summary = by_id(empty, "errsum")
    links = {words(a): (a.get("href") or "").removeprefix("#") for a in summary.iter("a")}
    assert links["Choose how often."] == "id_often_0"
    assert links["Tick the places."] == "id_where_0_0"
    assert links["Enter a date, for example 27 3 1984."] == "id_born_0"
    assert len(links) == 7
    for anchor in links.values():
        assert by_id(empty, anchor).tag in {"input", "select", "textarea"}


def test_the_title_says_that_there_is_an_error(empty: Element) -> None:
    assert words(empty.findall(".//title")[0]) == "Error: Test – Stillpoint"
    assert words(page(Everything()).findall(".//title")[0]) == "Test – Stillpoint"


def test_a_fresh_form_has_no_summary() -> None:
    assert not page(Everything()).findall(".//*[@id='errsum']")


def test_the_browser_is_never_asked_to_judge(empty: Element) -> None:
    assert not [e for e in empty.iter() if "required" in e.attrib]
    assert all("novalidate" in form.attrib for form in empty.iter("form"))


def test_no_words_vanish_while_one_types() -> None:
    class Ask(forms.Form):
        email = forms.EmailField(widget=forms.EmailInput({"placeholder": "Email address"}))

    assert not [e for e in page(Ask()).iter("input") if "placeholder" in e.attrib]


def test_nothing_is_chosen_beforehand() -> None:
    assert not [e for e in page(Everything()).iter("input") if "checked" in e.attrib]


def test_no_word_carries_an_asterisk(empty: Element) -> None:
    assert "*" not in words(empty)


def test_only_what_may_be_left_out_is_marked(empty: Element) -> None:
    optional = [words(e) for e in empty.iter() if e.get("class") == "t" and "(optional)" in words(e)]
    assert optional == ["Anything else? (optional)"]


def test_the_question_of_a_page_is_its_heading(empty: Element) -> None:
    assert [words(h) for h in empty.iter("h1")] == ["How often?"]
    legend = next(e for e in empty.iter("legend") if e.get("class") == "h1")
    assert words(legend) == "How often?"


def test_a_box_can_be_the_heading_too() -> None:
    class Ask(forms.Form):
        heading = "code"
        code = forms.CharField(label="What is the code?")

    heading = next(iter(page(Ask()).iter("h1")))
    assert [label.get("for") for label in heading.iter("label")] == ["id_code"]


def test_what_was_typed_is_kept() -> None:
    tree = page(
        Everything(
            {"often": "1", "where": ["ear"], "born_day": "3", "born_month": "Mar", "email": "ada", "agrees": "on"}
        )
    )
    assert "checked" in by_id(tree, "id_often_1").attrib
    assert "checked" in by_id(tree, "id_where_0_1").attrib
    assert "checked" in by_id(tree, "id_agrees").attrib
    assert by_id(tree, "id_born_1").get("value") == "Mar"
    assert by_id(tree, "id_email").get("value") == "ada"


def test_ways_round_stand_below_one_or() -> None:
    class Ask(forms.Form):
        safe = forms.ChoiceField(
            choices=[("y", "Yes"), ("n", "No"), ("person", "I would rather tell you"), (FAR, "I would rather not say")],
            widget=Radios(apart=["person", FAR]),
        )

    fieldset = next(iter(page(Ask()).iter("fieldset")))
    said = [words(e) for e in fieldset if e.tag in {"label", "p"}]
    assert said == ["Yes", "No", "or", "I would rather tell you", "I would rather not say"]


def test_a_scale_is_radios_with_words_at_both_ends() -> None:
    tree = page(Everything())
    scale = next(e for e in tree.iter("div") if e.get("class") == "scale")
    assert [words(e) for e in scale.iter("label")] == [str(n) for n in range(11)]
    assert {e.get("type") for e in scale.iter("input")} == {"radio"}
    ends = next(e for e in tree.iter("p") if "ends" in (e.get("class") or ""))
    assert words(ends) == "0: nothing10: the worst"


def test_grouped_places_are_groups_for_everyone() -> None:
    legends = [words(e) for e in page(Everything()).iter("legend")]
    assert legends[2:5] == ["Where?", "Head", "Legs"]


def test_an_option_can_carry_a_line_of_its_own() -> None:
    option = next(e for e in page(Everything()).iter("label") if e.get("for") == "id_often_1")
    assert words(option) == "Often Most days"


def test_errors_of_no_field_are_in_the_summary() -> None:
    form = Everything({})
    form.add_error(None, "Somebody has just taken this time.")
    assert "Somebody has just taken this time." in words(by_id(page(form), "errsum"))


def test_several_forms_of_a_page_share_one_summary() -> None:
    template = engines["django"].from_string('{% include "includes/errors.html" with forms=forms form="" %}')
    html = template.render({"forms": [Everything({}, prefix="a"), Everything({}, prefix="b")]})
    assert html.count('id="errsum"') == 1
    assert "#id_a-often_0" in html
    assert "#id_b-often_0" in html


@pytest.mark.parametrize(
    "body", ["{{ form|crispy }}", "{{ form.born|as_crispy_field }}{{ form.often|as_crispy_field }}"]
)
def test_other_ways_to_draw_a_form_look_the_same(body: str) -> None:
    tree = page(Everything({}), body)
    assert words(by_id(tree, "id_born_error")) == "Error: Enter a date, for example 27 3 1984."
    assert [words(h) for h in tree.iter("h1")] == ["How often?"]


def test_a_layout_with_fieldset_and_buttons_is_valid() -> None:
    helper = FormHelper()
    helper.layout = Layout(Fieldset("About you", "email", "note"), Submit("save", "Save"))
    helper.attrs = {"novalidate": True, "data-autosave": "/save/"}
    form = Everything()
    vars(form)["helper"] = helper
    tree = page(form)
    assert [words(b) for b in tree.iter("button") if b.get("type") == "submit"] == ["Save"]
    assert words(next(iter(tree.iter("legend")))) == "About you"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["27", "3", "1984"], date(1984, 3, 27)),
        (["27", "March", "1984"], date(1984, 3, 27)),
        ([" 1 ", "sept.", "2001"], date(2001, 9, 1)),
        (["01", "12", "1950"], date(1950, 12, 1)),
    ],
)
def test_a_date_may_be_typed_as_people_write_it(typed: list[str], meant: date) -> None:
    assert DateTrioField().clean(typed) == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["", "", ""], "Enter a date, for example 27 3 1984."),
        (["27", "", ""], "The date must include a month and a year."),
        (["27", "3", "84"], "Write the year with 4 numbers, for example 1984."),
        (["31", "2", "1984"], "Check the date. It does not exist in the calendar."),
        (["one", "ma", "1984"], "Check the date. It does not exist in the calendar."),
        (["1", "3", "²²²²"], "Check the date. It does not exist in the calendar."),
    ],
)
def test_a_date_that_cannot_be_is_refused_in_words(typed: list[str], said: str) -> None:
    with pytest.raises(forms.ValidationError) as refused:
        DateTrioField().clean(typed)
    assert refused.value.messages == [said]


def test_a_date_that_need_not_be_given_may_be_empty() -> None:
    assert DateTrioField(required=False).clean(["", "", ""]) is None


def test_a_known_date_stands_in_its_boxes() -> None:
    tree = page(Everything(initial={"born": date(1984, 3, 27)}))
    assert [by_id(tree, f"id_born_{n}").get("value") for n in range(3)] == ["27", "3", "1984"]


def test_a_date_that_was_not_touched_has_not_changed() -> None:
    field = DateTrioField()
    assert not field.has_changed(date(1984, 3, 27), ["27", "3", "1984"])
    assert field.has_changed(date(1984, 3, 27), ["28", "3", "1984"])
    assert field.has_changed(date(1984, 3, 27), ["x", "3", "1984"])
