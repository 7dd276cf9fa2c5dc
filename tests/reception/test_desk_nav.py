"""The desk's navigation: where one is stands out on every page, and nobody is shown a door that is closed to them."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from reception.templatetags.desk_nav import section
from tests import cast, make

CURRENT = 'aria-current="'


@pytest.mark.parametrize(
    ("path", "belongs_to"),
    [
        ("/desk/", "today"),
        ("/desk/sessions/1/record/", "today"),
        ("/desk/calendar/", "desk-calendar"),
        ("/desk/bookings/1/move/", "desk-calendar"),
        ("/desk/intakes/1/", "desk-intakes"),
        ("/desk/waitlist/", "desk-waitlist"),
        ("/desk/policies/", "desk-settings"),
        ("/desk/practitioners/clara/hours/", "desk-settings"),
        ("/desk/export/", "desk-settings"),
        ("/accounts/2fa/", ""),
    ],
)
def test_every_page_belongs_to_one_place(path: str, belongs_to: str) -> None:
    assert section(path) == belongs_to


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "said"), [("desk-settings", "page"), ("desk-policies", "true"), ("today", "page")])
def test_one_place_is_marked(client: Browser, name: str, said: str) -> None:
    make.practice()
    client.force_login(cast.olu())

    nav = client.get(reverse(name)).content.decode().split('aria-label="Desk"')[1].split("</nav>")[0]
    assert nav.count(CURRENT) == nav.count(f'{CURRENT}{said}"') == 1


@pytest.mark.django_db
def test_the_front_desk_is_shown_no_clinical_place(client: Browser) -> None:
    make.practice()
    client.force_login(cast.fay())

    assert reverse("desk-intakes") not in client.get(reverse("today")).content.decode()
