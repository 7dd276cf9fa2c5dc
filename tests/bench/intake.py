"""Saving an answer, beside a view that renders the same form and makes one update, behind the same middlewares.

Ours follows the link, opens the draft, merges, evaluates every form, flags, seals, plans letters where they change,
and answers with where to go next (Continue) or with nothing (a tap). The limit renders the page and writes one row.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client as Browser
from django.urls import clear_url_caches, path, reverse

from clinic import urls
from clinic.people import clock
from clinic.people.matching import find_or_create_client
from clinic.people.models import Practice, Practitioner
from intake import consents, pages, services
from intake.access import link_to
from intake.definition import Answer
from intake.models import Request, Response
from intake.pages import Sheet
from intake.question_form import QuestionForm
from tests.bench.measuring import Row, interleaved, ratio

AIM = 2.0
GOAL = {"gen_goal": "sleep", "gen_concern": "3", "gen_activity": "chew toast"}
ROWS = {"str_overload": "2", "str_say": "1", "str_worry": "3", "str_snappy": "0", "str_alert": "1", "str_brace": "2"}
CASES: tuple[tuple[str, int, int, dict[str, Any]], ...] = (  # what is asked, its part and page, and the answers
    ("words and a scale", 1, 1, GOAL),
    ("a list of eleven", 1, 3, {"gen_today": ["none"]}),
    ("six scales", 4, 1, ROWS),
)


def run(seconds: float) -> list[Row]:
    clear_url_caches()
    asked = _asked()
    token = link_to(asked, now=clock.now()).rstrip("/").rsplit("/", 1)[-1]
    return [_row(asked, token, *case, seconds=seconds) for case in CASES]


def _asked() -> Request:
    """A client who is asked every form and has answered some of it."""
    now = clock.now()
    Practice.objects.the()
    client = find_or_create_client(name="Ada Byron", email="ada@example.org", now=now)
    person = Practitioner.objects.create(slug="p", name="Practitioner", timezone="Europe/London", grid=15)
    reasons = ["unsure"]
    asked = services.ask(
        client=client, practitioner=person, about=uuid4(), needed_at=now + timedelta(days=7), reasons=reasons, now=now
    )
    consents.keep_answers(asked=asked, now=now)
    begun: dict[str, dict[str, Answer]] = {"general": {"gen_goal": "sleep"}, "stress": {"str_sleep": 3}}
    for slug, answers in begun.items():
        services.save_page(asked=asked, slug=slug, answers=answers, now=now, page=1)
    return asked


def _row(
    asked: Request, token: str, words: str, part: int, number: int, said: dict[str, Any], *, seconds: float
) -> Row:
    slug = pages.part(asked, part) or ""
    sheet = pages.sheet(asked, slug, number, now=clock.now())
    assert sheet is not None
    urls.urlpatterns[:0] = [path(f"bench/{part}/{number}", _limit(sheet, asked, token, part))]
    clear_url_caches()
    browser = Browser()
    addresses = {name: reverse(f"intake-{name}", args=[token, part, number]) for name in ("page", "autosave")}

    def post(address: str, status: int) -> None:
        answer = browser.post(address, said)
        assert answer.status_code == status, answer.content

    queries: list[str] = []

    def noted(execute: Any, sql: str, *more: Any) -> Any:
        queries.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(noted):
        post(addresses["page"], 302)
    taken = interleaved(
        {
            "limit": lambda: post(f"/bench/{part}/{number}", 200),
            "continue": lambda: post(addresses["page"], 302),
            "tap": lambda: post(addresses["autosave"], 204),
        },
        seconds=seconds,
    )
    return {
        "page": words,
        "limit ms": median(taken["limit"]),
        "continue ms": median(taken["continue"]),
        "ratio": ratio(taken["continue"], taken["limit"]),
        "tap ms": median(taken["tap"]),
        "tap ratio": ratio(taken["tap"], taken["limit"]),
        "all queries": len(queries),
        "aim": AIM,
    }


def _limit(sheet: Sheet, asked: Request, token: str, part: int) -> Any:
    """A view that knows everything beforehand but what was posted."""
    response = Response.objects.get(request=asked, slug=sheet.slug)

    def view(request: HttpRequest) -> HttpResponse:
        form = QuestionForm(request.POST, items=sheet.items, answers={})
        form.is_valid()
        Response.objects.filter(code=response.code).update(sealed=response.sealed, saved_at=clock.now())
        context = {"asked": asked, "token": token, "part": part, "sheet": sheet, "form": form, "back": "/"}
        return render(request, "intake/page.html", context)

    return view
