"""Addresses that nobody types by chance are answered, never with a breakdown."""

import pytest
from django.test import Client as Browser

from tests import cast, make

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/desk/?day=0001-01-01",
    "/desk/?day=9999-12-31",
    "/desk/calendar/?day=0001-01-01",
    "/desk/calendar/?day=9999-12-31&view=day",
    "/desk/why/?service=first&on=0001-01-01&at=10:00",
    "/desk/why/?service=first&on=9999-12-31&at=10:00",
    "/desk/book/ADA/?on=9999-12-31",
    "/desk/book/ADA/?on=0001-01-01",
    "/desk/block/?on=0001-01-01",
    "/book/times/?service=first&from=0001-01-01",
    "/book/times/?service=first&from=9999-12-31",
    "/desk/clients/?page=99999999999999999999",
    "/desk/intakes/?page=-1",
    "/desk/letters/?q=%00",
    "/desk/clients/?q=%00",
    "/book/times/?service=%00",
    "/i/x/99999999999999999999/1/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_odd_address_is_answered(client: Browser, address: str) -> None:
    make.practice()
    make.offers(cast.clara(), make.service(is_online=True), make.service("second", is_online=True))
    client.force_login(cast.olu())

    assert client.get(address.replace("ADA", str(cast.ada().code))).status_code < 500


def test_a_null_byte_in_an_address_is_refused(client: Browser) -> None:
    make.practice()

    assert client.get("/book/times/?service=%00").status_code == 400
