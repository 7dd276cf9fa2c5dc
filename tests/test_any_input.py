"""Whatever is sent to any form of any page: never a breakdown, nothing half changed, and what was typed is kept.

Each page's own forms are filled in and spoiled, a field at a time and all at once; each attempt is taken back. A page
may take odd words for good ones (a name may be a hundred dots); then it leads on. What is refused changes nothing.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urljoin

import html5lib
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from tests.cast import NOW
from tests.seeded import Seeded
from tests.test_doors import ALL

pytestmark = pytest.mark.django_db
ODD = [
    "", " ", "\x00", "a\x00b", "\x1b[31m", "x" * 20_000, "-1", "0", "99999999999999999999", "1e309", "NaN",
    "2027-02-31", "0000-00-00", "9999-12-31T23:59:59+14:00", "25:61", "<script>alert(1)</script>", "' OR 1=1 --",
    "%s%n{0}{{7*7}}", "\u202eabc\u200b", "👩\u200d👩", "[]", "{\"a\": 1}", "None", "true", "../../etc/passwd",
]  # fmt: skip
WORDS = "Words that somebody typed"
IS_FULL = os.environ.get("FAULTS") == "full"
NEXT, TURN = cycle(ODD), cycle(range(3))  # by default each form gets the next few
# Rows that a refused form may leave: who read what, a form's receipt, a session's notices, how often somebody tried.
NOT_CHANGES = ("people_auditevent", "people_receipt", "django_session", "cache")
NOT_PAGES = {"metrics", "livez", "readyz", "/api/v1/^(?P<rest>.*)$"}


@dataclass
class Form:
    """A form as a browser would send it."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)  # names of fields that hold words


@pytest.fixture
def seeded() -> Iterator[Seeded]:
    with time_machine.travel(NOW, tick=False):
        yield Seeded()


def test_no_page_breaks_whatever_its_forms_are_sent(seeded: Seeded) -> None:
    seen: set[tuple[str, ...]] = set()  # several pages hold the same form
    looked_at: list[int] = []
    faults = []
    for browser, path in _pages(seeded):
        page = browser.get(path)
        looked_at.append(page.status_code)
        faults += [fault for form in _forms(page, path, seen) for fault in _spoil(browser, form)]

    assert not faults, "\n".join(sorted(set(faults)))
    assert looked_at.count(200) > 60
    assert looked_at.count(405) > 30  # those that are only pressed
    assert not any(status >= 500 for status in looked_at)


def test_no_press_breaks_whatever_comes_with_it(seeded: Seeded) -> None:
    faults = []
    for browser, path in _pages(seeded):
        for sent in ({}, dict.fromkeys(("do", "next", "act", "start", "code"), "a\x00b")):
            status, _ = _send(browser, path, sent)
            faults += [f"{path}: {status} for {str(sent)[:60]}"] if status >= 500 else []
        status = _no_form(browser, path)
        faults += [f"{path}: {status} for no form"] if status >= 500 else []

    assert not faults, "\n".join(sorted(set(faults)))


@pytest.mark.parametrize("name", ["contact", "desk-practice", "booking-waitlist"])
def test_a_thousand_fields_and_one_are_refused_with_a_page(seeded: Seeded, name: str) -> None:
    many = {f"field{number}": "1" for number in range(1001)}
    answer = (seeded.owner if name.startswith("desk") else seeded.client).post(ALL[name], many)

    assert answer.status_code == 400
    assert "We could not read what was sent" in answer.content.decode()


BODIES = cycle(
    [
        (b'{"start": 1}', "application/json"),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (b"\xff\xfe=%ED%A0%80&%00=%00", "application/x-www-form-urlencoded"),
    ]
)


def _no_form(browser: Browser, path: str) -> int:
    """The answer to something that no browser sends."""
    body, kind = next(BODIES)
    with transaction.atomic():
        status = browser.post(path, body, content_type=kind).status_code
        transaction.set_rollback(True)
    return status


def _pages(seeded: Seeded) -> Iterator[tuple[Browser, str]]:
    """(who, where) of every address that can be looked at or pressed."""
    for name, path in ALL.items():
        if name not in NOT_PAGES:
            yield (seeded.owner if path.startswith("/desk/") else seeded.client), seeded.path(path)
    yield from ((seeded.client, reverse(name)) for name in ("account_login", "account_request_login_code"))


def _spoil(browser: Browser, form: Form) -> Iterator[str]:
    for sent in _spoiled(form):
        yield from _judge(browser, form, sent)


def _spoiled(form: Form) -> Iterator[dict[str, Any]]:
    """The form with all its fields odd at once, with each odd by itself, each sent twice, only half of it, a file."""
    for value in ODD if IS_FULL else ["a\x00b", next(NEXT)]:
        yield dict.fromkeys(form.fields, value)
    for name in form.fields if IS_FULL else list(form.fields)[:1]:
        for value in ODD if IS_FULL else [next(NEXT)]:
            yield {**form.fields, name: value}
    others: list[dict[str, Any]] = [
        {name: [*values, "x", "\x00"] for name, values in form.fields.items()},
        {name: values for name, values in form.fields.items() if name in form.typed},
        {**form.fields, **{name: SimpleUploadedFile("a.txt", b"\x00\xff") for name in form.typed[:1]}},
    ]
    yield from others if IS_FULL else [others[next(TURN)]]


def _judge(browser: Browser, form: Form, sent: dict[str, Any]) -> Iterator[str]:
    status, problem = _send(browser, form.action, sent, keeps=_kept(form, sent))
    if status >= 500:
        yield f"{form.action}: {status} for {_short(form, sent)}"
    elif problem:
        yield f"{form.action}: {problem} for {_short(form, sent)}"


def _kept(form: Form, sent: dict[str, Any]) -> list[str]:
    """Words that were sent as they should be, so that a refused page still holds them."""
    return [WORDS for name in form.typed if sent.get(name) == [WORDS]][:1]


def _send(browser: Browser, path: str, sent: dict[str, Any], keeps: list[str] | None = None) -> tuple[int, str]:
    """The answer's status, and what is wrong with it; what it changed is taken back."""
    wrote: list[str] = []
    with transaction.atomic():
        with connection.execute_wrapper(_note_writes(wrote)):
            answer = browser.post(path, sent)
        transaction.set_rollback(True)
    text = answer.content.decode() if "html" in answer.headers.get("Content-Type", "") else ""
    if answer.status_code not in {200, 409} or "<title>Error: " not in text:
        return answer.status_code, ""
    gone = any(words not in text for words in keeps or [])
    return answer.status_code, f"refused, but it wrote {wrote[0]}" if wrote else "what was typed is gone" * gone


def _note_writes(wrote: list[str]) -> Callable[..., Any]:
    """Notes every statement that changes a row which stays."""

    def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = execute(sql, params, many, context)
        verb, _, rest = sql.lstrip().partition(" ")
        is_write = verb in {"INSERT", "UPDATE", "DELETE"} and context["cursor"].rowcount
        if is_write and not any(name in rest[:60] for name in NOT_CHANGES):
            wrote.append(sql[:80])
        return answer

    return run


def _short(form: Form, sent: dict[str, Any]) -> str:
    odd = {name: value for name, value in sent.items() if form.fields.get(name) != value}
    return repr({name: str(value)[:30] for name, value in list(odd.items())[:4]})


def _forms(page: Any, path: str, seen: set[tuple[str, ...]]) -> Iterator[Form]:
    """The forms of a page that change something and were not seen before, filled in where they were empty."""
    if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
        return
    tree = html5lib.parse(page.content.decode(), namespaceHTMLElements=False)
    for each in tree.iter("form"):
        if each.get("method", "").lower() != "post" or "logout" in each.get("action", ""):
            continue
        form = Form(urljoin(path, each.get("action") or path))
        for control in each.iter():
            _read(control, form)
        form.fields.pop("csrfmiddlewaretoken", None)
        form.fields.pop("form_key", None)
        known = (re.sub(r"[-0-9a-f]{36}", "", form.action.partition("?")[0]), *form.fields)
        if form.fields and known not in seen:
            seen.add(known)
            yield form


def _read(control: Any, form: Form) -> None:
    name, kind = control.get("name"), control.get("type", "text")
    if not name or control.tag not in {"input", "textarea", "select", "button"}:
        return
    if control.tag == "textarea" or (control.tag == "input" and kind in {"text", "search"}):
        now = control.get("value") or "".join(control.itertext()).strip()
        form.fields[name] = [now or WORDS]
        form.typed += [] if now else [name]
    elif control.tag == "select":
        options = [each.get("value", "") for each in control.iter("option")]
        form.fields.setdefault(name, options[-1:])
    elif kind in {"radio", "checkbox", "submit"}:
        form.fields.setdefault(name, [control.get("value") or "on"])
    elif kind == "file":
        return
    else:
        form.fields[name] = [control.get("value") or {"email": "eve@example.org", "date": "2027-03-01"}.get(kind, "1")]
