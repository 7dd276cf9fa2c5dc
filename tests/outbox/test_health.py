"""How the mail is: the same at the desk, for machines and for whoever checks readiness."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from pytest_django import Settings

from clinic.outbox.health import State, beat, mail_health
from clinic.outbox.models import Message
from clinic.outbox.standing_in import look_round
from clinic.outbox.tasks import tick
from clinic.people import clock
from clinic.people.models import Heartbeat
from tests import cast, make
from tests.mailbox import Mailbox
from tests.outbox.conftest import Register

pytestmark = pytest.mark.django_db


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture(params=list(State))
def state(request: pytest.FixtureRequest, settings: Settings) -> State:
    """The service in each of its states."""
    make.practice()
    settings.REDIS_URL = ""
    settings.BROKER_FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = State(request.param)
    beat("tick")
    if wanted == State.STOPPED:
        Heartbeat.objects.update(at=clock.real_now() - minutes(6))
    if wanted in {State.STUCK, State.CATCHING_UP}:
        make.message(due_at=clock.now() - minutes(30), not_after=None)
    if wanted == State.CATCHING_UP:
        beat("sent")
    if wanted == State.CLOCKS_DIFFER:
        Heartbeat.objects.update(at=clock.real_now() - minutes(2))
        beat("clocks differ")
    return wanted


def test_desk_readiness_and_metrics_tell_the_same(client: Browser, state: State) -> None:
    client.force_login(cast.olu())
    flows = state in {State.FLOWING, State.CATCHING_UP}
    ready = client.get("/readyz")
    pages = [client.get(address).content.decode() for address in ("/desk/", "/desk/letters/")]

    assert mail_health(now=clock.now()).state == state
    assert (ready.status_code, ready.json()["mail"]["is"]) == (200 if flows else 503, state.value)
    assert f'mail_state{{is="{state.value}"}} 1' in client.get("/metrics").content.decode()
    for page in pages:
        assert ("Letters are not going out" in page) is not flows
        assert state.label in page
    assert ("Mail is flowing" in pages[1]) is (state == State.FLOWING)


def test_the_desk_says_since_when(client: Browser) -> None:
    make.practice()
    client.force_login(cast.olu())
    beat("tick")
    stopped = clock.real_now() - minutes(90)
    Heartbeat.objects.update(at=stopped)

    assert f"They stopped on {stopped:%A} {stopped.day} {stopped:%B}" in client.get("/desk/letters/").content.decode()
    assert mail_health(now=clock.now()).since == stopped


def test_nothing_leaves_while_two_clocks_differ(
    kind: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    message = make.message(kind(), due_at=clock.now(), not_after=None)
    monkeypatch.setattr(clock, "disagrees_with_database", lambda: True)
    tick()
    call_command("send_due", once=True)
    assert (mailbox.mails, mail_health(now=clock.now()).state) == ([], State.CLOCKS_DIFFER)
    assert "The clocks" in caplog.text

    monkeypatch.undo()
    tick()
    message.refresh_from_db()
    assert message.status == Message.Status.SENT
    assert mail_health(now=clock.now()).state == State.FLOWING


def test_a_long_run_tells_how_far_it_is(
    kind: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("clinic.outbox.draining.TELLS_EVERY", timedelta(0))
    name = kind()
    for _ in range(3):
        make.message(name, due_at=clock.now(), not_after=None)

    call_command("send_due", once=True)

    said = dict.fromkeys(line for line in capsys.readouterr().out.splitlines() if line)
    assert list(said) == ["0 sent, 3 wait", "1 sent, 2 wait", "2 sent, 1 wait", "3 sent, 0 wait"]


def test_a_worker_to_whom_no_tick_comes_goes_on_by_itself(kind: Register, mailbox: Mailbox, settings: Settings) -> None:
    settings.TICK_SECONDS = 10
    message = make.message(kind(), due_at=clock.now(), not_after=None)
    Heartbeat.objects.create(name="tick", at=clock.real_now() - timedelta(seconds=29))
    assert look_round() is False

    Heartbeat.objects.update(at=clock.real_now() - timedelta(seconds=31))
    assert [look_round(), look_round()] == [True, False]
    message.refresh_from_db()
    assert message.status == Message.Status.SENT
    assert set(Heartbeat.objects.values_list("name", flat=True)) >= {"tick", "replan"}
