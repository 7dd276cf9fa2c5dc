"""A questionnaire file compiles, or every problem is named with its file, its path and the reason."""

import json

import pytest

from intake.compiling import FOLDER, DefinitionProblems, compile_yaml, shipped
from intake.definition import Definition
from intake.ordering import evaluation_order
from tests.intake.build import meaning

HEAD = """
slug: short
version: "1"
title: Short
answerLists:
  often:
    - {code: "0", text: Never, score: 0}
    - {code: "1", text: Often, score: 1}
item:
"""
GOOD = """
  - {linkId: a, text: Ask, type: choice, answerOption: often}
  - {linkId: t, text: Ask, type: text}
  - {linkId: n, text: Ask, type: integer}
  - {linkId: d, text: Ask, type: date}
  - {linkId: y, text: Ask, type: boolean}
"""


def problems(items: str, after: str = "", head: str = HEAD) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionProblems) as caught:
        compile_yaml(head + items + after, "short.yaml")
    assert str(caught.value).startswith("short.yaml: ")
    return [(problem.path, problem.reason) for problem in caught.value.problems]


def asking(words: str) -> list[tuple[str, str]]:
    """Problems of one more question after the good ones."""
    return problems(f"{GOOD}  - {{linkId: q, text: Ask, {words}}}\n")


def scoring(words: str) -> list[tuple[str, str]]:
    return problems(GOOD, f"scores:\n  - {{id: s, label: S, {words}}}\n")


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_every_shipped_form_survives_being_stored_as_json(slug: str) -> None:
    definition = shipped()[slug]
    assert Definition.from_json(json.loads(json.dumps(definition.to_json()))) == definition


def test_every_shipped_form_is_named_after_its_file() -> None:
    assert [definition.slug for definition in shipped().values()] == sorted(path.stem for path in FOLDER.glob("*.yaml"))


def test_the_example_for_authors_compiles_and_means_what_it_says() -> None:
    guide = (FOLDER.parent.parent / "docs" / "questionnaires.md").read_text(encoding="utf-8")
    definition = compile_yaml(guide.split("```yaml\n")[1].split("```")[0], "sleep.yaml")
    found = meaning(definition, {"sle_wake": "2", "sle_pain": "every", "sle_tired": "in_person"})
    assert found.scores == {"sle_nights": 100}
    assert found.flag_ids == ("c_weight_loss", "p_high_stress")
    assert found.errors == {}


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_the_order_puts_everything_after_what_it_looks_at(slug: str) -> None:
    definition = shipped()[slug]
    place = {name: index for index, name in enumerate(definition.order)}
    assert len(place) == len(definition.order) == len(definition.by_id) + len(definition.scores)
    for item in definition.walk():
        assert all(place[condition.question] < place[item.link_id] for condition in item.enable_when)
        assert all(place[item.link_id] < place[child.link_id] for child in item.items)
    for score in definition.scores:
        assert all(place[link_id] < place[score.id] for link_id in score.items)
    assert evaluation_order(definition) == definition.order


def test_shared_lists_controls_and_declining_are_written_out() -> None:
    item = "  - {linkId: q, text: Ask, type: choice, repeats: true, sensitive: true, answerOption: often}\n"
    asked = compile_yaml(HEAD + item, "short.yaml").item("q")
    assert asked.control == "multi"
    assert [option.code for option in asked.options] == ["0", "1", "skip", "in_person"]


def test_a_region_set_becomes_its_regions_and_nowhere() -> None:
    asked = compile_yaml(HEAD + "  - {linkId: q, text: Ask, type: choice, repeats: true, regions: JAW}\n", "f").item(
        "q"
    )
    assert asked.control == "body_map"
    assert (len(asked.regions), len(asked.options)) == (17, 18)
    assert asked.options[-1].exclusive


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("slug: [", "line 1", "expected the node content"),
        ("- a", "file", "must hold slug, version, title and item"),
        ("", "file", "must hold slug, version, title and item"),
        ("slug: a\nslug: b", "line 2", "slug stands twice"),
        ("slug: &x a\ntitle: *x", "line 2", "an alias (*) is not allowed"),
        ("slug: !!python/object:os.system a", "line 1", "could not determine a constructor"),
        ("x: " + "a" * 200_000, "file", "longer than 200000 letters"),
    ],
)
def test_what_is_not_our_yaml_is_refused_with_its_line(text: str, path: str, reason: str) -> None:
    found = problems("", head=text)
    assert [where for where, why in found if reason in why] == [path], found


def test_words_stay_words() -> None:
    option = "{linkId: q, text: Ask, type: choice, answerOption: [{code: no, text: No}, {code: 2026-01-01, text: Off}]}"
    asked = compile_yaml(f"{HEAD}  - {option}\n", "f").item("q")
    assert [(option.code, option.text) for option in asked.options] == [("no", "No"), ("2026-01-01", "Off")]


def test_every_problem_of_a_file_is_named_at_once() -> None:
    found = problems("  - {linkId: q, typ: choice}\n  - {linkId: r, type: text, required: maybe}\n")
    assert found == [
        ("item[q].type", "is missing"),
        ("item[q].typ", "unsupported: no such word here; did you mean type?"),
        ("item[r].required", "must be true or false, not 'maybe'"),
    ]


@pytest.mark.parametrize(
    ("words", "path", "reason"),
    [
        ("type: text, colour: red", "item[q].colour", "unsupported: no such word here"),
        ("type: text, reqired: true", "item[q].reqired", "did you mean required?"),
        ("type: choice, answerOption: [{code: 0, text: Zero}]", "item[q].answerOption[0].code", "put it in quotes"),
        ("type: text, maxLength: long", "item[q].maxLength", "must be a whole number"),
        ("type: text, rules: {}", "item[q].rules", "must be a list"),
        ("type: text, rules: [x]", "item[q].rules[0]", "must be a list of names and values"),
        ("type: choice, answerOption: never", "item[q].answerOption", "no list never stands under answerLists"),
        ("type: choice, regions: FEET", "item[q].regions", "no set of regions is called FEET"),
        ("type: choice, regions: [nose]", "item[q].regions", "a region that the body map does not have"),
        ("type: likert", "item[q].type", "unsupported: likert"),
        ("type: attachment", "item[q].type", "unsupported: attachment"),
        ("type: text, control: scale", "item[q].control", "a text cannot be shown as scale"),
        ("type: integer, control: scale", "item[q].control", "a scale needs minValue and maxValue"),
        ("type: integer, control: scale, minValue: 0", "item[q].control", "a scale needs minValue and maxValue"),
        ("type: choice", "item[q].answerOption", "a choice needs answers"),
        ("type: text, answerOption: often", "item[q].answerOption", "a text has no answers to choose from"),
        ("type: boolean, repeats: true", "item[q].repeats", "unsupported: a boolean with several answers"),
        ("type: display, required: true", "item[q].required", "nobody answers this item"),
        ("type: group, required: true", "item[q].required", "nobody answers this item"),
        ("type: text, minValue: 1", "item[q].minValue", "a text has no smallest or largest value"),
        ("type: integer, minValue: 2, maxValue: 1", "item[q].minValue", "is larger than maxValue"),
        ("type: integer, maxLength: 3", "item[q].maxLength", "is for texts"),
        ("type: text, quotes: nobody", "item[q].quotes", "no item is called nobody"),
        (
            "type: choice, answerOption: [{code: a, text: A}, {code: a, text: B}]",
            "item[q].answerOption[a]",
            "the code a stands 2 times",
        ),
        (
            "type: choice, answerOption: [{code: a, text: A, flags: [u_nothing]}]",
            "item[q].answerOption[a].flags",
            "no flag is called u_nothing",
        ),
        ("type: choice, answerOption: [{code: a, text: ''}]", "item[q].answerOption[a]", "needs a code and a text"),
        (
            "type: integer, rules: [{operator: '>=', value: 1, flag: u_nothing}]",
            "item[q].rules[0].flag",
            "no flag is called u_nothing",
        ),
        (
            "type: integer, rules: [{operator: '!=', value: 1, flag: u_icp}]",
            "item[q].rules[0].operator",
            "is one of exists",
        ),
        ("type: integer, rules: [{operator: '>', value: a, flag: u_icp}]", "item[q].rules[0].value", "needs a number"),
        (
            "type: integer, rules: [{operator: exists, value: false, flag: u_icp}]",
            "item[q].rules[0].value",
            "exists is true",
        ),
        (
            "type: integer, rules: [{of: change, operator: '=', value: 1, flag: u_icp}]",
            "item[q].rules[0].of",
            "is one of answer, score",
        ),
    ],
)
def test_a_wrong_question_is_named_with_its_path(words: str, path: str, reason: str) -> None:
    found = asking(words)
    assert [where for where, why in found if reason in why] == [path], found


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("{question: zz, operator: '=', answer: a}", "no item or score is called zz"),
        ("{question: zz, operator: exists, answer: true}", "no item or score is called zz"),
        ("{question: a, operator: exists, answer: often}", "exists is answered true or false"),
        ("{question: a, operator: '=', answer: '7'}", "a has no answer 7"),
        (
            "{question: a, operator: '>', answer: '1'}",
            "unsupported: > between the answers of a choice; use = or a score",
        ),
        ("{question: y, operator: '=', answer: 'yes'}", "y is true or false"),
        ("{question: n, operator: '=', answer: '3'}", "n is a number"),
        ("{question: n, operator: '=', answer: true}", "n is a number"),
        ("{question: d, operator: '>', answer: soon}", "d is a date"),
        ("{question: t, operator: '>', answer: word}", "only `exists` can be asked of it"),
        ("{question: a, operator: '!=', answer: '0'}", "!= needs `exists` on a beside it"),
    ],
)
def test_a_condition_that_can_never_be_judged_is_named(condition: str, reason: str) -> None:
    assert [where for where, why in asking(f"type: text, enableWhen: [{condition}]") if reason in why] == [
        "item[q].enableWhen[0]"
    ]


def test_an_unknown_operator_is_named() -> None:
    found = asking("type: text, enableWhen: [{question: a, operator: in, answer: '0'}]")
    assert found == [("item[q].enableWhen[0].operator", "is one of exists = != > < >= <=, not in")]


def test_several_conditions_must_say_all_or_any() -> None:
    two = "[{question: a, operator: '=', answer: '0'}, {question: a, operator: '=', answer: '1'}]"
    missing = "is missing: with more than one condition say all or any"
    assert asking(f"type: text, enableWhen: {two}") == [("item[q].enableBehavior", missing)]
    assert asking(f"type: text, enableBehavior: some, enableWhen: {two}") == [
        ("item[q].enableBehavior", "is all or any, not some")
    ]


def test_an_id_stands_once_and_is_a_plain_word() -> None:
    assert asking("type: text}\n  - {linkId: q, text: Ask, type: text") == [("item[q]", "the id q stands 2 times")]
    assert problems("  - {linkId: 1 q, text: Ask, type: text}\n")[0][0] == "item[1 q]"


def test_a_question_needs_its_words() -> None:
    assert problems("  - {linkId: q, type: text}\n") == [("item[q].text", "is missing")]


def test_a_form_needs_a_question() -> None:
    assert problems("  []\n") == [("item", "needs at least one question")]


def waiting(link_id: str, asked: str) -> str:
    return (
        f"linkId: {link_id}, text: Ask, type: text, enableWhen: [{{question: {asked}, operator: exists, answer: true}}]"
    )


@pytest.mark.parametrize(
    "items",
    [
        f"  - {{{waiting('a', 'a')}}}\n",
        f"  - {{{waiting('a', 'b')}}}\n  - {{{waiting('b', 'a')}}}\n",
        f"  - {{{waiting('g', 'a')}, item: [{{linkId: a, text: Ask, type: text}}]}}\n",
    ],
    ids=["itself", "each other", "its own inside"],
)
def test_questions_that_wait_for_each_other_are_refused(items: str) -> None:
    found = problems(items)
    assert len(found) == 1
    assert found[0][0].endswith(".enableWhen")
    assert "goes in a circle: " in found[0][1]


def test_a_score_may_not_wait_for_what_waits_for_it() -> None:
    item = (
        "  - {linkId: q, text: Ask, type: integer, enableWhen: [{question: s, operator: '>', answer: 1}]}\n"
        "scores: [{id: s, label: S, items: [q]}]\n"
    )
    assert "goes in a circle: " in problems(item)[0][1]


@pytest.mark.parametrize(
    ("words", "path", "reason"),
    [
        ("items: [zz]", "scores[s].items[zz]", "no item has this link id"),
        ("items: [t]", "scores[s].items[t]", "its answers have no scores"),
        ("items: [d]", "scores[s].items[d]", "its answers have no scores"),
        ("items: []", "scores[s].minimumAnswered", "is between 1 and 0"),
        ("items: [a], minimumAnswered: 2", "scores[s].minimumAnswered", "is between 1 and 1"),
        ("items: [a], method: median", "scores[s].method", "is mean, sum or count, not median"),
        ("items: [a], lowest: 5, highest: 5", "scores[s].lowest", "must be less than highest"),
        (
            "items: [a], bands: [{start: 5, label: x}, {start: 1, label: y}]",
            "scores[s].bands",
            "must rise from the first start to the last",
        ),
        (
            "items: [a], rules: [{of: change, operator: '>=', value: 2, flag: u_icp}]",
            "scores[s].rules[0].of",
            "is one of score, not change",
        ),
        (
            "items: [a], rules: [{of: score, operator: '>=', value: 2, flag: nope}]",
            "scores[s].rules[0].flag",
            "no flag is called nope",
        ),
    ],
)
def test_a_wrong_score_is_named_with_its_path(words: str, path: str, reason: str) -> None:
    assert (path, reason) in [(where, why) for where, why in scoring(words)]


def test_the_order_is_not_for_the_author_to_write() -> None:
    assert problems(GOOD, "order: [a]\n") == [("order", "is computed; leave it out")]
