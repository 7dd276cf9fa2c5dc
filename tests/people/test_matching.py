"""A client is matched by e-mail and name together."""

import pytest

from clinic.people.matching import find_or_create_client
from clinic.people.models import Client
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_the_same_address_and_name_is_the_same_client() -> None:
    ada = cast.ada()

    again = find_or_create_client(name="  ada   BYRON ", email="ADA@example.org", now=NOW)

    assert again == ada


def test_another_name_at_the_same_address_is_a_possible_duplicate() -> None:
    ada = cast.ada()

    son = find_or_create_client(name="Ralph Byron", email="ada@example.org", now=NOW)

    assert son.possible_duplicate_of == ada
    assert Client.objects.count() == 2


def test_a_first_telephone_number_is_kept_and_a_second_changes_nothing() -> None:
    cast.ada()

    for phone in ("07700 900123", "07700 900999"):
        find_or_create_client(name="Ada Byron", email="ada@example.org", phone=phone, now=NOW)

    assert Client.objects.get().phone == "07700 900123"


def test_two_clients_without_an_address_stay_apart() -> None:
    one = find_or_create_client(name="Jo", email="", now=NOW)
    two = find_or_create_client(name="Jo", email="", now=NOW)

    assert one != two


def test_a_practitioner_sees_only_whom_she_treats() -> None:
    ada, ben, clara = cast.ada(), cast.ben(), cast.clara()
    cast.treats(clara, ada)

    assert list(Client.objects.visible_to(cast.user_of(clara))) == [ada]
    assert list(Client.objects.visible_to(cast.user_of(cast.dov()))) == []
    assert list(Client.objects.visible_to(cast.olu())) == [ada, ben]
    assert list(Client.objects.visible_to(cast.fay())) == [ada, ben]
