"""`manage.py questionnaire` checks, compiles and answers files."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from intake.compiling import FOLDER, shipped
from tests.intake.content import VECTORS


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("questionnaire", *arguments, stdout=out)
    return out.getvalue()


def answer(tmp_path: Path, form: str, answers: Any, context: Any = None, *more: str) -> dict[str, Any]:
    (tmp_path / "a.json").write_text(json.dumps(answers))
    (tmp_path / "c.json").write_text(json.dumps(context or {}))
    arguments = ["answer", form, "--answers", str(tmp_path / "a.json"), "--context", str(tmp_path / "c.json"), *more]
    found: dict[str, Any] = json.loads(run(*arguments))
    return found


def test_every_shipped_file_is_ok() -> None:
    files = sorted(str(path) for path in FOLDER.glob("*.yaml"))
    assert run("check", *files).splitlines() == [f"{file}: ok" for file in files]


def test_problems_are_named_and_the_good_files_are_still_checked(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.yaml", FOLDER / "jaw.yaml"
    bad.write_text("slug: x\nversion: '1'\ntitle: X\nitem: [{linkId: a, type: likert}]\n")
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 of 2 not ok\."):
        call_command("questionnaire", "check", str(bad), str(good), stdout=out)
    wrong, fine = out.getvalue().splitlines()
    assert wrong.startswith(f"{bad}: item[a].type: unsupported: likert; there are group, display,")
    assert fine == f"{good}: ok"


PAGE = {"resourceType": "Questionnaire", "status": "active", "title": "T", "item": [{"linkId": "/1", "type": "time"}]}


def test_foreign_fhir_is_checked_and_answered(tmp_path: Path) -> None:
    foreign = tmp_path / "q.json"
    foreign.write_text(json.dumps(PAGE))
    assert run("check", str(foreign)) == f"{foreign}: ok\n"
    assert answer(tmp_path, str(foreign), {"/1": "10:30"})["enabled"] == ["/1"]
    given = answer(tmp_path, str(foreign), {"/1": "10:30"}, None, "--as", "fhir")
    assert given["item"] == [{"linkId": "/1", "answer": [{"valueTime": "10:30:00"}]}]


def test_what_a_foreign_form_has_beyond_ours_is_named_with_its_place(tmp_path: Path) -> None:
    foreign = tmp_path / "q.json"
    foreign.write_text(json.dumps({**PAGE, "item": [{"linkId": "photo", "type": "attachment"}]}))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("questionnaire", "check", str(foreign), stdout=out)
    assert "unsupported: attachment at item[photo].type" in out.getvalue()


def test_a_number_leaves_as_it_was_typed(tmp_path: Path) -> None:
    foreign = tmp_path / "q.json"
    foreign.write_text(json.dumps({**PAGE, "item": [{"linkId": "n", "type": "decimal"}]}))
    (tmp_path / "a.json").write_text('{"n": 1.50}')
    assert '"valueDecimal": 1.50' in run("answer", str(foreign), "--answers", str(tmp_path / "a.json"), "--as", "fhir")


def test_compile_prints_fhir() -> None:
    assert json.loads(run("compile", str(FOLDER / "pelvic.yaml")))["resourceType"] == "Questionnaire"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_worked_examples_come_out_of_the_command(vector: dict[str, Any], tmp_path: Path) -> None:
    profile = vector["baseline_profile"]
    context = {"today": "2026-11-25", "baseline": {} if profile is None else {"gen_profile": profile}}
    found = answer(tmp_path, str(FOLDER / f"{vector['questionnaire']}.yaml"), vector["answers"], context)
    assert set(found) == {"enabled", "dropped", "errors", "scores", "flags", "cross_flags"}
    assert found["scores"] == vector["scores"]
    assert set(found["flags"]) == set(vector["flags"])
    assert found["cross_flags"] == (["u_head_injury"] if vector["name"].startswith("V6") else [])


def test_a_setting_can_be_turned_off_in_the_context(tmp_path: Path) -> None:
    off = answer(tmp_path, "stress", {"str_safe": "might"}, {"settings": {"ask_self_harm": False}})
    assert (off["dropped"], off["flags"]) == (["str_safe"], [])


def test_age_counts_in_the_cross_rules(tmp_path: Path) -> None:
    assert answer(tmp_path, "jaw", {"jaw_signs": ["gca"]}, {"age": 30})["cross_flags"] == ["c_gca_check"]


def test_answers_come_out_as_a_fhir_response(tmp_path: Path) -> None:
    found = answer(tmp_path, "pelvic", {"pel_pain_avg": 3}, None, "--as", "fhir")
    assert (found["resourceType"], found["status"]) == ("QuestionnaireResponse", "in-progress")


@pytest.mark.parametrize(
    ("answers", "context", "words"),
    [
        ("[]", "{}", "must be a JSON object"),
        ("{", "{}", "is not JSON"),
        ("{}", '{"tody": 1}', "The context may give today, age, baseline and settings, not tody"),
        ("{}", '{"today": "soon"}', "must be a date"),
        ("{}", '{"today": 5}', "must be a date"),
        ("{}", '{"age": "old"}', "age is a whole number"),
        ("{}", '{"baseline": [4]}', "baseline and settings are objects"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, answers: str, context: str, words: str) -> None:
    (tmp_path / "a.json").write_text(answers)
    (tmp_path / "c.json").write_text(context)
    with pytest.raises(CommandError, match=words):
        run("answer", "jaw", "--answers", str(tmp_path / "a.json"), "--context", str(tmp_path / "c.json"))


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("compile", "nowhere.yaml")
    out, good = StringIO(), str(FOLDER / "jaw.yaml")
    with pytest.raises(CommandError, match=r"1 of 2 not ok\."):
        call_command("questionnaire", "check", "nowhere.yaml", good, stdout=out)
    assert out.getvalue().splitlines()[-1] == f"{good}: ok"
    assert "nowhere.yaml" not in shipped()
