"""Whole sets of answers for the tests: calm ones, and the client's way through the pages."""

from datetime import datetime
from typing import Any

from intake import consents, paging, services, signing, versions
from intake.definition import Answer, Item
from intake.models import Request
from intake.regions import AREAS
from tests.cast import NOW

SIGNED: dict[str, Any] = {
    "name": "Ada Byron",
    "statements": list(signing.STATEMENTS),
    "wants_aftercare": True,
    "wants_email_detail": False,
}


def calm(item: Item) -> Answer:
    """An answer that raises nothing, where the question has one."""
    if item.control == "scale":
        return 2
    if item.control == "boolean":
        return False
    if item.control in ("text", "date"):
        return None if item.control == "date" else "sleep on my side"
    codes = [option.code for option in item.options if not option.flags]
    code = next((option.code for option in item.options if option.exclusive), codes[0])
    return [code] if item.control in ("multi", "body_map") else codes[0]


def answer_all(asked: Request, *, now: datetime = NOW, **changes: Answer) -> None:
    """Answer every page of every form, in order; `changes` replaces single answers."""
    consents.keep_answers(asked=asked, now=now)
    for slug in asked.questionnaires:
        for page in paging.split(versions.definition_in_use(slug)):
            answers = {item.link_id: changes.get(item.link_id, calm(item)) for item in page.items}
            services.save_page(asked=asked, slug=slug, answers=answers, page=page.number, now=now)
    consents.set_touch_map(asked=asked, answers=dict.fromkeys(AREAS, "yes"), now=now)


def send(asked: Request, *, now: datetime = NOW, **changes: Any) -> Request:
    """Answer everything and sign it."""
    answer_all(asked, now=now, **changes)
    return signing.sign(asked=asked, now=now, **SIGNED)
