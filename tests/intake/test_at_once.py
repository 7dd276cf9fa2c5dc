"""Two tabs at the very same time, with real connections."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from intake import consents, documents, services, signing
from intake.models import Consent, Flag, Response, Score
from tests import make
from tests.cast import NOW
from tests.intake.answers import SIGNED, answer_all

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other by itself"),
]


@pytest.fixture(autouse=True)
def _practice() -> None:
    make.practice()


def at_once(*acts: Callable[[], object]) -> None:
    """Start all acts together, each on a connection of its own."""
    gate, trouble = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            trouble.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []


def test_answers_from_many_tabs_all_arrive() -> None:
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    pages = [{"gen_goal": "sleep"}, {"gen_concern": 3}, {"gen_today": ["chest"]}, {"gen_fluids": "no"}] * 3

    at_once(*(lambda p=page: services.save_page(asked=asked, slug="general", answers=p, now=NOW) for page in pages))

    answers = documents.read(Response.objects.get())["answers"]
    assert answers == {"gen_goal": "sleep", "gen_concern": 3, "gen_today": ["chest"], "gen_fluids": "no"}
    assert Flag.objects.count() == 1


def test_pressing_send_in_two_tabs_sends_once() -> None:
    asked = make.intake_request()
    answer_all(asked)

    at_once(*[lambda: signing.sign(asked=asked, now=NOW, **SIGNED)] * 4)

    assert Score.objects.count() == 1
    assert Consent.objects.filter(withdrawn_at=None).count() == len(Consent.Kind)
