"""The clinical content as it was agreed, in a form of its own, for the product's files to answer to."""

import json
from pathlib import Path
from typing import Any

AGREED: dict[str, Any] = json.loads(Path(__file__).with_name("content.json").read_text(encoding="utf-8"))
FORMS: dict[str, Any] = AGREED["questionnaires"]
FLAGS: dict[str, Any] = AGREED["flags"]
VECTORS: list[dict[str, Any]] = AGREED["vectors"]
# What a sensitive question offers besides its own answers.
ADDED = ("skip", "in_person")


def items(form: str) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in FORMS[form]["items"]}


def options(item: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {option["id"]: option for option in item.get("options", [])}
