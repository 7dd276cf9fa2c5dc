"""Two who may be one person are marked for somebody to look at: by number, by birth date, and never twice."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from clinic.people import profile, twins
from clinic.people.matching import Identity, find_or_create_client, find_or_create_clients
from clinic.people.merging import tell_apart
from clinic.people.models import Client
from intake import consents
from intake.services import save_profile
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db
NUMBER = "+447700900123"
BORN = "1980-12-10"


def ada(email: str, phone: str = "", *, name: str = "Ada Byron", hours: int = 0) -> Client:
    return find_or_create_client(name=name, email=email, phone=phone, now=NOW + timedelta(hours=hours))


def test_the_same_name_and_number_under_another_address_is_marked() -> None:
    first = ada("ada@example.org", NUMBER)
    second = ada("ada@work.example", NUMBER, name="ada  byron", hours=1)

    assert (second.possible_duplicate_of, first.possible_duplicate_of) == (first, None)
    assert twins.why(second, first) == twins.PHONE


def test_without_an_address_too() -> None:
    first = ada("", NUMBER)

    assert ada("", NUMBER, hours=1).possible_duplicate_of == first


@pytest.mark.parametrize(
    ("name", "phone"), [("Ralph Byron", NUMBER), ("Ada Byron", "+447700900999"), ("Ada Byron", "")]
)
def test_a_shared_number_or_a_shared_name_alone_is_not(name: str, phone: str) -> None:
    ada("ada@example.org", NUMBER)

    assert ada("other@example.org", phone, name=name).possible_duplicate_of is None


def test_an_import_marks_them_too_in_one_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = ada("ada@example.org", NUMBER)
    people = [Identity("Ada Byron", f"a{number}@example.org", NUMBER) for number in range(3)]
    with django_assert_num_queries(4):
        made = find_or_create_clients(people, now=NOW)

    assert {each.possible_duplicate_of for each in made.values()} == {first}


def tell(client: Client, born: str) -> None:
    asked = make.intake_request(client=client)
    consents.keep_answers(asked=asked, now=NOW)
    save_profile(asked=asked, changes={"birth_date": born}, now=NOW)


def test_the_same_name_and_birth_date_is_marked_once_it_is_known() -> None:
    first, second = ada("ada@example.org"), ada("ada@work.example", hours=1)
    tell(second, BORN)
    assert not Client.objects.exclude(possible_duplicate_of=None).exists()

    tell(first, BORN)  # the newer is marked, whoever told it last
    second.refresh_from_db()
    assert second.possible_duplicate_of == first
    assert twins.why(second, first) == twins.BIRTH_DATE


def test_another_birth_date_another_name_and_an_erased_client_are_left_alone() -> None:
    tell(ada("other@example.org"), "1980-12-11")
    tell(ada("ralph@example.org", name="Ralph Byron"), BORN)
    gone = ada("gone@example.org")
    profile.write(gone, {"birth_date": BORN})
    Client.objects.filter(code=gone.code).update(wrapped_key=b"")
    tell(ada("ada@example.org", hours=1), BORN)

    assert not Client.objects.exclude(possible_duplicate_of=None).exists()


def test_two_people_are_not_marked_again_by_the_next_visit() -> None:
    tell(ada("ada@example.org"), BORN)
    second = ada("ada@work.example", hours=1)
    tell(second, BORN)
    second.refresh_from_db()
    tell_apart(second, is_apart=True, actor=cast.olu(), now=NOW)
    tell(second, BORN)

    assert not Client.objects.maybe_twins().exists()


def test_the_page_says_what_they_have_in_common(client: Browser) -> None:
    make.practice()
    ada("ada@example.org", NUMBER)
    ada("ada@work.example", NUMBER, hours=1)
    ada("ada@example.org", name="Ralph Byron")
    client.force_login(cast.olu())

    html = client.get(reverse("desk-duplicates")).content.decode()
    assert twins.PHONE in html
    assert twins.ADDRESS in html
