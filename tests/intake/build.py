"""Small forms for tests, written as the files are written."""

import json
from datetime import date
from typing import Any

from intake.compiling import compile_yaml
from intake.definition import Answer, Definition
from intake.evaluation import Context, Result, evaluate

TODAY = date(2026, 11, 25)
YES, NO = True, False


def form(*items: dict[str, Any], scores: list[dict[str, Any]] | None = None) -> Definition:
    asked = [{"text": "Ask", **item} for item in items]
    stored = {"slug": "f", "version": "1", "title": "F", "item": asked, "scores": scores or []}
    return compile_yaml(json.dumps(stored), "f.yaml")


def choice(link_id: str, *codes: str, **more: Any) -> dict[str, Any]:
    options = [{"code": code, "text": code, **({"score": int(code)} if code.isdigit() else {})} for code in codes]
    return {"linkId": link_id, "type": "choice", "answerOption": options, **more}


def when(question: str, operator: str, answer: object) -> dict[str, Any]:
    return {"question": question, "operator": operator, "answer": answer}


def meaning(definition: Definition, answers: dict[str, Answer], **context: Any) -> Result:
    return evaluate(definition, answers, Context(today=TODAY, **context))
