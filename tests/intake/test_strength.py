"""How strong it is at each ticked place; and the outline, or none, that the client likes best."""

from http import HTTPStatus

import html5lib
import pytest
from django.test import Client as Browser
from django.urls import reverse
from time_machine import TimeMachineFixture

from clinic.people import profile
from intake import consents, meaning, services, strength
from intake.models import Request
from tests import make
from tests.cast import NOW, ada, clara, user_of
from tests.intake.answers import send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def asked() -> Request:
    asked = make.intake_request(reasons=["jaw"])
    consents.keep_answers(asked=asked, now=NOW)
    return asked


def at(name: str, asked: Request, *more: int) -> str:
    return reverse(f"intake-{name}", args=[make.intake_token(asked), *more])


def kept(asked: Request) -> dict[str, str]:
    return strength.of(meaning.opened(asked, now=NOW)["jaw"], "jaw_map")


def test_one_page_asks_for_all_places_that_were_ticked(client: Browser, asked: Request) -> None:
    answer = client.post(at("page", asked, 2, 1), {"jaw_map": ["ear_l", "throat"]})
    address = answer["Location"]
    assert address.endswith("/2/1/strength/")

    page = client.get(address).content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert "Left ear" in page
    assert "Throat" in page
    assert "Right ear" not in page
    answer = client.post(address, {"ear_l": "3"})

    assert answer["Location"].endswith("/2/2/")
    assert kept(asked) == {"ear_l": "3"}


def test_nowhere_asks_for_no_strength(client: Browser, asked: Request) -> None:
    answer = client.post(at("page", asked, 2, 1), {"jaw_map": ["nowhere"]})

    assert answer["Location"].endswith("/2/2/")
    assert client.get(at("strength", asked, 2, 1)).status_code == HTTPStatus.NOT_FOUND
    assert client.get(at("strength", asked, 9, 1)).status_code == HTTPStatus.NOT_FOUND
    assert client.get(at("strength", asked, 2, 2)).status_code == HTTPStatus.NOT_FOUND


def test_where_not_to_touch_is_not_asked_for_strength(client: Browser, asked: Request) -> None:
    numbers = range(1, 20)
    token = make.intake_token(asked)
    pages = [client.get(reverse("intake-page", args=[token, 1, number])).content.decode() for number in numbers]
    number = next(n for n, page in zip(numbers, pages, strict=True) if "rather not be touched" in page)

    answer = client.post(reverse("intake-page", args=[token, 1, number]), {"gen_touch_map": ["ear_l"]})

    assert "strength" not in answer["Location"]


def test_a_change_from_the_check_page_leads_back_to_it(client: Browser, asked: Request) -> None:
    address = client.post(at("page", asked, 2, 1) + "?to=check", {"jaw_map": ["ear_l"]})["Location"]

    assert client.post(address, {})["Location"].endswith("/check/")


def test_answering_the_page_anew_keeps_what_was_said_of_places_that_stay(client: Browser, asked: Request) -> None:
    services.save_page(asked=asked, slug="jaw", answers={"jaw_map": ["ear_l", "throat"]}, now=NOW)
    strength.save(asked=asked, slug="jaw", link_id="jaw_map", strengths={"ear_l": "2", "throat": ""}, now=NOW)
    services.save_page(asked=asked, slug="jaw", answers={"jaw_map": ["ear_l"]}, now=NOW)

    assert kept(asked) == {"ear_l": "2"}
    assert 'value="2" checked' in client.get(at("strength", asked, 2, 1)).content.decode().replace(
        ' id="id_ear_l_1"', ""
    )


def test_the_practitioner_reads_it_beside_the_place(client: Browser, asked: Request) -> None:
    services.save_page(asked=asked, slug="jaw", answers={"jaw_map": ["ear_l"]}, now=NOW)
    strength.save(asked=asked, slug="jaw", link_id="jaw_map", strengths={"ear_l": "3"}, now=NOW)
    send(asked, jaw_map=["ear_l"])
    client.force_login(user_of(clara()))

    assert "<li>Left ear (a lot)</li>" in client.get(reverse("desk-intake", args=[asked.code])).content.decode()


@pytest.mark.parametrize(("outline", "shows"), [("", True), ("slim", True), ("broad", True), ("none", False)])
def test_the_client_chooses_the_outline_or_none(client: Browser, asked: Request, outline: str, *, shows: bool) -> None:
    client.post(at("you", asked), {"outline": outline})
    assert profile.read(ada()).get("outline", "") == outline

    page = client.get(at("page", asked, 2, 1)).content.decode()

    html5lib.HTMLParser(strict=True).parse(page)
    assert ("<svg preserveAspectRatio" in page) == shows
    assert (f'figure pick {outline or "middle"}"' in page) == shows
