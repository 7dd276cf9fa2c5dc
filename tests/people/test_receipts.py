"""Forms that are sent twice: one result, the same answer, and nobody else's."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Context, Template
from django.test import Client as Browser
from django.test import RequestFactory

from clinic.people import receipts
from clinic.people.models import Practice, Receipt
from clinic.people.receipts import Answer, OtherData, once, once_per_form
from clinic.people.tasks import forget_receipts
from tests import cast, make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


class Counter:
    """Something that changes the database each time that it is done."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or {"location": "/there/"}

    def __call__(self) -> Answer | None:
        make.practice(window_days=Practice.objects.the().window_days + 1)
        return self.answer


def days() -> int:
    return Practice.objects.the().window_days


def send(act: Counter, *, sender: str = "ann", key: str = "k1", said: str = "yes") -> Answer | None:
    return once(sender=sender, key=key, said=said, act=act, now=NOW)


def test_the_second_sending_gets_the_first_answer_and_changes_nothing() -> None:
    first, second = send(Counter()), send(Counter({"location": "/elsewhere/"}))

    assert first == second == {"location": "/there/"}
    assert days() == 91


def test_the_same_key_with_other_data_is_refused() -> None:
    send(Counter())

    with pytest.raises(OtherData):
        send(Counter(), said="no")
    assert days() == 91


def test_a_key_is_nobody_elses() -> None:
    send(Counter())

    assert send(Counter({"location": "/mine/"}), sender="bob") == {"location": "/mine/"}


def test_what_changed_nothing_may_be_sent_again_with_other_data() -> None:
    def refuse() -> None:
        return None

    assert once(sender="ann", key="k1", said="typo", act=refuse, now=NOW) is None
    assert send(Counter()) == {"location": "/there/"}


def test_a_change_that_failed_leaves_no_receipt() -> None:
    def fail() -> Answer:
        make.practice(window_days=7)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once(sender="ann", key="k1", said="yes", act=fail, now=NOW)
    assert not Receipt.objects.exists()
    assert days() == 90


def test_nothing_that_was_sent_or_answered_can_be_read_in_the_table() -> None:
    send(Counter({"location": "/b/secret-address/"}), said="my jaw hurts")

    row = str(Receipt.objects.values().get())
    assert "secret" not in row
    assert "jaw" not in row
    assert "ann" not in row


def test_receipts_are_kept_for_two_days() -> None:
    send(Counter())

    receipts.forget(now=NOW + timedelta(hours=48))
    assert Receipt.objects.count() == 1
    receipts.forget(now=NOW + timedelta(hours=48, seconds=1))
    receipts.forget(now=NOW + timedelta(hours=49))
    assert not Receipt.objects.exists()
    forget_receipts()


def test_every_form_carries_a_key_of_its_own() -> None:
    page = Template("{% csrf_token %}{% csrf_token %}").render(Context({"csrf_token": "t"}))

    keys = [part.split('"')[0] for part in page.split('name="form_key" value="')[1:]]
    assert len(set(keys)) == 2
    assert page.count("csrfmiddlewaretoken") == 2


@once_per_form
def raise_window(request: HttpRequest) -> HttpResponse:
    """A view with a form that may be wrong."""
    if request.POST.get("days") == "?":
        return HttpResponse("Write a number.")
    make.practice(window_days=days() + 1)
    return redirect(f"/now/{days()}/")


def post(*, browser: str = "secret", htmx: bool = False, **fields: str) -> HttpResponse:
    request = RequestFactory().post("/window/", fields, headers={"HX-Request": "true"} if htmx else {})
    if browser:
        request.META["CSRF_COOKIE"] = browser
    return raise_window(request)


def test_a_view_redirects_where_it_did_the_first_time() -> None:
    key = str(uuid4())

    assert [post(form_key=key)["Location"] for _ in range(3)] == ["/now/91/"] * 3
    assert post(form_key=str(uuid4()))["Location"] == "/now/92/"
    assert post(form_key=key, browser="another")["Location"] == "/now/93/"


def test_a_form_with_an_error_is_mended_with_the_same_key() -> None:
    key = str(uuid4())

    assert post(form_key=key, days="?").content == b"Write a number."
    assert post(form_key=key, days="5")["Location"] == "/now/91/"


def test_other_data_with_the_same_key_gets_a_plain_page() -> None:
    key = str(uuid4())
    post(form_key=key, days="5")

    response = post(form_key=key, days="6")
    assert response.status_code == 422
    assert "This form was sent before" in response.content.decode()
    assert days() == 91


@pytest.mark.parametrize("fields", [{}, {"form_key": "x"}, {"form_key": "\x00"}, {"form_key": "k" * 9000}])
def test_without_a_key_a_view_works_as_ever(fields: dict[str, str]) -> None:
    assert post(browser="secret", htmx=False, **fields)["Location"] == "/now/91/"
    assert post(browser="secret", htmx=False, **fields)["Location"] == "/now/92/"


def test_autosaves_and_browsers_without_a_secret_are_not_held_to_a_key() -> None:
    key = str(uuid4())

    assert post(form_key=key, htmx=True, days="1").status_code == 302
    assert post(form_key=key, htmx=True, days="2").status_code == 302
    assert post(form_key=key, browser="", days="3").status_code == 302
    assert not Receipt.objects.exists()


def test_a_desk_form_sent_twice_is_answered_once(client: Browser) -> None:
    make.practice()
    booking = make.booking(cast.ada())
    client.force_login(cast.olu())
    address, key = f"/desk/bookings/{booking.code}/", str(uuid4())

    cancelled = client.post(f"{address}cancel/", {"form_key": key})
    client.post(f"{address}undo-cancel/", {"form_key": str(uuid4())})
    again = client.post(f"{address}cancel/", {"form_key": key})

    booking.refresh_from_db()
    assert again["Location"] == cancelled["Location"]
    assert booking.status == "booked"


@pytest.mark.django_db(transaction=True)
def test_fifty_presses_at_one_moment_are_one() -> None:
    make.practice()
    key = str(uuid4())
    answers: list[str] = []

    def press() -> None:
        try:
            answers.append(post(form_key=key)["Location"])
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["/now/91/"] * 50


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again_from_the_beginning() -> None:
    make.practice()
    errors = iter([OperationalError("deadlock detected"), None])

    def act() -> Answer:
        make.practice(window_days=days() + 1)
        error = next(errors)
        if error:
            raise error
        return {"location": "/there/"}

    assert once(sender="ann", key="k1", said="yes", act=act, now=NOW) == {"location": "/there/"}
    assert days() == 91
