"""Links: random, stored as a hash, good for one purpose and for a time."""

from datetime import timedelta

import pytest
from django.core import serializers

from clinic.people import links
from clinic.people.models import Link
from clinic.people.redaction import without_tokens
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
BOOKING = Link.Purpose.BOOKING


def mint(purpose: str = BOOKING) -> str:
    ada = cast.ada()
    return links.mint(purpose=purpose, client=ada, about=ada.code, now=NOW, expires_at=NOW + timedelta(days=30))


def test_a_link_leads_to_its_client() -> None:
    token = mint()

    link = links.follow(purpose=BOOKING, token=token, now=NOW)

    assert link is not None
    assert link.client == cast.ada()


def test_several_links_are_valid_at_once() -> None:
    tokens = {mint(), mint()}

    assert all(links.follow(purpose=BOOKING, token=token, now=NOW) for token in tokens)
    assert len(tokens) == 2


def test_a_link_for_something_else_is_refused() -> None:
    assert links.follow(purpose=Link.Purpose.INTAKE, token=mint(), now=NOW) is None


def test_a_link_ends() -> None:
    assert links.follow(purpose=BOOKING, token=mint(), now=NOW + timedelta(days=30)) is None


def test_a_revoked_link_is_refused() -> None:
    token = mint()
    links.revoke(about=cast.ada().code, now=NOW)

    assert links.follow(purpose=BOOKING, token=token, now=NOW) is None


def test_a_link_is_extended_and_never_shortened() -> None:
    token = mint()
    links.extend(about=cast.ada().code, purpose=BOOKING, until=NOW + timedelta(days=60))
    links.extend(about=cast.ada().code, purpose=BOOKING, until=NOW + timedelta(days=1))

    assert links.follow(purpose=BOOKING, token=token, now=NOW + timedelta(days=59)) is not None


def test_the_database_holds_no_usable_token() -> None:
    token = mint()

    assert token not in serializers.serialize("json", Link.objects.all())


def test_a_token_has_256_bits_and_the_short_one_128() -> None:
    assert len(mint()) == 43
    assert len(mint(Link.Purpose.STOP)) == 22


def test_logs_do_not_show_tokens() -> None:
    token = mint()

    assert without_tokens(f"GET /b/{token}/cancel/ 200") == "GET /b/…/cancel/ 200"
