"""Checks, compiles and answers questionnaire files from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.people import clock
from intake import fhir
from intake.compiling import DefinitionProblems, shipped
from intake.definition import Definition
from intake.evaluation import Context, Result, evaluate
from intake.fhir_reading import compile_text
from intake.rules import ClinicalFacts, cross

EVERYTHING = {"ask_self_harm": True}


class Command(BaseCommand):
    help = "check questionnaire files, compile one to FHIR, or answer one"

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="ok, or each problem with its path")
        check.add_argument("files", nargs="+", metavar="FILE")
        compiled = actions.add_parser("compile", help="FHIR R4 Questionnaire JSON")
        compiled.add_argument("file", metavar="FILE")
        answer = actions.add_parser("answer", help="what a set of answers means")
        answer.add_argument("file", metavar="FILE")
        answer.add_argument("--answers", required=True, metavar="A.json", help="link id -> a value or a list")
        answer.add_argument("--context", metavar="C.json", help="today, age, baseline, settings")
        answer.add_argument("--as", dest="form", choices=["json", "fhir"], default="json")

    def handle(self, *args: object, **options: Any) -> None:
        {"check": self.check_files, "compile": self.compile_one, "answer": self.answer}[options["action"]](options)

    def check_files(self, options: dict[str, Any]) -> None:
        failed = 0
        for file in options["files"]:
            try:
                _definition(file)
                self.stdout.write(f"{file}: ok")
            except (DefinitionProblems, CommandError) as problems:
                self.stdout.write(str(problems))
                failed += 1
        if failed:
            raise CommandError(f"{failed} of {len(options['files'])} not ok.")

    def compile_one(self, options: dict[str, Any]) -> None:
        self.print_json(fhir.questionnaire(_definition_or_error(options["file"])))

    def answer(self, options: dict[str, Any]) -> None:
        definition = _definition_or_error(options["file"])
        answers = _json_object(options["answers"])
        context = _context(_json_object(options["context"]) if options["context"] else {})
        result = evaluate(definition, answers, context)
        if options["form"] == "fhir":
            self.print_json(fhir.response(definition, result))
        else:
            self.print_json(_as_json(result, _together(result, answers, context)))

    def print_json(self, thing: dict[str, Any]) -> None:
        self.stdout.write(fhir.as_text(thing))


def _definition(file: str) -> Definition:
    """The definition in a file, or a shipped one by its slug."""
    if file in shipped():
        return shipped()[file]
    return compile_text(_text(file), file)


def _definition_or_error(file: str) -> Definition:
    try:
        return _definition(file)
    except DefinitionProblems as problems:
        raise CommandError(str(problems)) from problems


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file}: cannot be read ({error}).") from error


def _parsed(file: str, text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise CommandError(f"{file}: is not JSON: {error}.") from error


def _json_object(file: str) -> dict[str, Any]:
    found = _parsed(file, _text(file))
    if not isinstance(found, dict):
        raise CommandError(f"{file}: must be a JSON object.")
    return found


def _context(given: dict[str, Any]) -> Context:
    """What the file says; here every question is asked unless the file turns its setting off."""
    if unknown := given.keys() - {"today", "age", "baseline", "settings"}:
        raise CommandError(f"The context may give today, age, baseline and settings, not {', '.join(sorted(unknown))}.")
    baseline, settings, age = given.get("baseline") or {}, given.get("settings") or {}, given.get("age")
    if not (isinstance(baseline, dict) and isinstance(settings, dict) and isinstance(age, int | None)):
        raise CommandError("In the context, age is a whole number; baseline and settings are objects.")
    return Context(today=_today(given.get("today")), age=age, baseline=baseline, settings={**EVERYTHING, **settings})


def _today(given: object) -> date:
    try:
        return date.fromisoformat(str(given)) if given else clock.now().date()
    except ValueError as error:
        raise CommandError("The context's today must be a date such as 2026-11-25.") from error


def _together(result: Result, answers: dict[str, Any], context: Context) -> list[str]:
    """What the cross rules add, as if these answers were all that is known."""
    facts = ClinicalFacts(
        today=context.today,
        age=context.age,
        answers={link_id: answer for link_id, answer in answers.items() if link_id in result.enabled},
        flags=frozenset(result.flag_ids),
        scores=result.scores,
        asked=frozenset(result.enabled),
    )
    return [raised.flag for raised in cross(facts) if raised.flag not in result.flag_ids]


def _as_json(result: Result, cross_flags: list[str]) -> dict[str, Any]:
    return {
        "enabled": list(result.enabled),
        "dropped": list(result.dropped),
        "errors": result.errors,
        "scores": {name: None if value is None else float(value) for name, value in result.scores.items()},
        "flags": list(result.flag_ids),
        "cross_flags": cross_flags,
    }
