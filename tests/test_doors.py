"""Every address, tried by those who may not pass: strangers, wrong tokens, the wrong role, unknown codes."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver

from tests import cast, make

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # who may pass is asked of views, not of the database
NOWHERE = UUID("00000000-0000-4000-8000-000000000000")
ARGUMENTS = {
    "uuid": str(NOWHERE),
    "int": "1",
    "slug": "nothing",
    "str": "x" * 43,
    "path": "x" * 43,
}
NOT_OURS = ("accounts/",)  # allauth's own pages, tested by its authors and in tests/reception/test_signing_in.py


def addresses() -> Iterator[tuple[str, str]]:
    """(name, path with made-up arguments) of every address."""
    yield from _below(get_resolver().url_patterns, "/")


def _below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = before + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _below(pattern.url_patterns, path)
        elif not path.removeprefix("/").startswith(NOT_OURS):
            yield pattern.name or path, path


def _filled(route: str) -> str:
    for kind, value in ARGUMENTS.items():
        while f"<{kind}:" in route:
            begin = route.index(f"<{kind}:")
            route = route[:begin] + value + route[route.index(">", begin) + 1 :]
    return route


ALL = dict(addresses())
DESK = {name: path for name, path in ALL.items() if path.startswith("/desk/")}
BY_LINK = {name: path for name, path in ALL.items() if "x" * 43 in path}


@pytest.fixture(autouse=True)
def practice() -> None:
    make.practice()


@pytest.mark.parametrize("name", sorted(DESK))
def test_a_stranger_at_the_desk_is_sent_to_sign_in(client: Browser, name: str) -> None:
    answers = [client.get(DESK[name]), client.post(DESK[name])]
    sent_on = [answer for answer in answers if answer.status_code == 302]

    assert {answer.status_code for answer in answers} <= {302, 405}
    assert sent_on
    assert all(answer.headers["Location"].startswith("/accounts/login/?next=/desk/") for answer in sent_on)


@pytest.mark.parametrize("name", sorted(BY_LINK))
def test_a_made_up_link_leads_nowhere(client: Browser, name: str) -> None:
    for answer in (client.get(BY_LINK[name]), client.post(BY_LINK[name])):
        assert answer.status_code in {404, 405, 410}


@pytest.mark.parametrize("name", sorted(ALL))
@pytest.mark.parametrize("who", ["stranger", "front desk", "practitioner", "owner"])
def test_no_address_breaks_on_made_up_arguments(client: Browser, name: str, who: str) -> None:
    if who != "stranger":
        user = {"front desk": cast.fay, "owner": cast.olu}.get(who, lambda: cast.user_of(cast.clara()))()
        client.force_login(user)
    client.raise_request_exception = True

    for answer in (client.get(ALL[name]), client.post(ALL[name], {"nothing": "\x00" + "9" * 400})):
        assert answer.status_code < 500 or name == "readyz"


def test_the_lists_are_not_empty() -> None:
    assert len(DESK) > 15
    assert len(BY_LINK) > 15
