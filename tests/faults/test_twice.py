"""One form, many posts: a double click, a browser that tries again, other data under the same key, another browser."""

import pytest

from bookings.models import Booking
from clinic.outbox.models import Message
from clinic.people import clock
from clinic.people.models import Client
from tests.faults import stage as stages
from tests.faults.crowd import Answer, all_at_once, faults, until_wrong
from tests.faults.figures import FULL, note
from tests.faults.stage import Stage

pytestmark = pytest.mark.processes
CLICKS = 50 if FULL else 20
FLOOD = 500 if FULL else 12
MOST = 3  # holds that one visitor may keep


def test_a_double_click_books_once(guarded: Stage, bare: Stage) -> None:
    answers, traces = click(guarded, CLICKS)
    wrong, without = until_wrong(lambda: click(bare, 12), lambda found: "1 client," not in found[1])

    note(
        f"{CLICKS} clicks on one form",
        promised="1 booking, 1 client, 1 letter, the same page for all",
        measured=f"{traces}, {len({each.to for each in answers})} page for {len(answers)}",
        control=f"12 clicks: {without}, {len(faults(wrong))} errors",
    )
    assert traces == "1 booking, 1 client, 1 letter"
    assert {(each.is_booked, each.to) for each in answers} == {(True, answers[0].to)}
    assert "1 client," not in without


def test_a_double_click_on_another_time_books_once(guarded: Stage) -> None:
    """The time that she had held was lost; the form that now asks for another must not call that one taken."""
    lost, [visitor] = next(guarded.places), ["loser"]
    with guarded.inside():
        [hold] = stages.lapsed([visitor], lost)
    [person] = guarded.come_back([visitor])
    wanted = stages.as_pressed(lost + stages.SESSION)
    address = f"/book/details/{hold.code}/"
    answers = all_at_once([person] * CLICKS, lambda one: one.post(address, **one.details, start=wanted))
    person.new_form()
    without = person.post(address, **person.details, start=wanted)

    with guarded.inside():
        booked = stages.booked(lost, lost + stages.SESSION)
    note(
        f"{CLICKS} clicks on one form that asks for another time",
        promised="1 booking, the same page for all",
        measured=f"{booked} booking, {len({each.to for each in answers})} page for {len(answers)}",
        control="without its key the form calls her own time taken" if without.status == 200 else without.status,
    )
    assert {(each.is_booked, each.to) for each in answers} == {(True, answers[0].to)}
    assert (booked, without.keeps(person.details)) == (1, True)


def test_the_same_form_with_other_data_is_refused(guarded: Stage) -> None:
    """Without a key of its own, a form that is sent again says nothing of what became of it."""
    start, [person] = next(guarded.places), guarded.people(1)
    held = person.post(stages.times(), start=stages.as_pressed(start))
    first = person.post(held.to, **person.details)
    again = person.post(held.to, **person.details)
    changed = {"name": "Somebody Else", "email": "else@example.org"}
    later = stages.as_pressed(start + stages.SESSION)
    answers = [person.post(held.to, **changed), person.post(held.to, **person.details, start=later)]
    person.new_form()
    without = person.post(held.to, **changed)

    note(
        "one form sent again with other data",
        promised="refused in words (422), 0 bookings",
        measured=f"{[each.status for each in answers]}",
        control=f"under another key: {without.status} to the first booking",
    )
    with guarded.inside():
        assert stages.booked(start, start + stages.SESSION) == 1
        assert not Client.objects.filter(email="else@example.org").exists()
    assert (first.to, again.to, without.to) == (first.to, first.to, first.to)
    assert [each.status for each in answers] == [422, 422]
    assert all("sent it once with other answers" in each.body for each in answers)


def test_another_browser_with_the_same_form_sees_nothing(guarded: Stage) -> None:
    start, [person, thief] = next(guarded.places), guarded.people(2)
    held = person.post(stages.times(), start=stages.as_pressed(start))
    thief.hidden = dict(person.hidden)
    done = person.book(held)
    answers = [thief.post(held.to, **person.details), thief.open(held.to), thief.open(done.to)]

    note("one form sent by another browser", promised="404, no name", measured=[each.status for each in answers])
    assert [each.status for each in answers] == [404, 404, 404]
    assert not any(person.details["name"] in each.body for each in answers)
    assert person.details["email"] in person.open(done.to).body  # the proof that the page would show it


def test_a_flood_of_holds_keeps_three(guarded: Stage) -> None:
    """One visitor presses one time after the other; others still get theirs, even one of those that she let go."""
    starts = [next(guarded.places) for _ in range(min(FLOOD, 40))]
    [flood, other] = guarded.people(2)
    for number in range(FLOOD):
        assert flood.post(stages.times(), start=stages.as_pressed(starts[number % len(starts)])).is_held
    with guarded.inside():
        kept = Booking.objects.busy(clock.now()).filter(client=None, starts_at__in=starts).count()
    others = other.book(other.post(stages.times(), start=stages.as_pressed(starts[0])))

    note(f"{FLOOD} holds by one visitor", promised=f"{MOST} kept, others book", measured=f"{kept} kept")
    assert (kept, others.is_booked) == (MOST, True)


def test_a_hold_that_ran_out_is_free_though_nobody_sweeps(guarded: Stage) -> None:
    """No night shift runs here. A hold that has not run out is the control."""
    start, [late, standing, other] = next(guarded.places), guarded.people(3)
    later = start + stages.SESSION
    assert late.post(stages.times(), start=stages.as_pressed(start)).is_held
    assert standing.post(stages.times(), start=stages.as_pressed(later)).is_held
    with guarded.inside():
        Booking.objects.filter(starts_at=start, status="held").update(hold_until=clock.now())
    got = other.book(other.post(stages.times(), start=stages.as_pressed(start)))
    refused = other.post(stages.times(), start=stages.as_pressed(later))

    assert (got.is_booked, refused.is_taken) == (True, True)


def click(stage: Stage, clicks: int) -> tuple[list[Answer], str]:
    """So many posts of one form at once, and what they left: bookings, clients and confirmations."""
    start, [person] = next(stage.places), stage.people(1)
    person.details = {"name": f"Double Click {start:%j %H}", "email": f"click{start:%j%H}@example.org"}
    held = person.post(stages.times(), start=stages.as_pressed(start))
    answers = all_at_once([person] * clicks, lambda one: one.post(held.to, **one.details))
    with stage.inside():
        rows = Booking.objects.filter(starts_at=start, client__email=person.details["email"])
        clients = Client.objects.filter(email=person.details["email"])
        letters = Message.objects.filter(about__in=rows.values("code"), kind="m00_booked")
        return answers, ", ".join(
            f"{found.count()} {word}{'s' if found.count() != 1 else ''}"
            for found, word in ((rows, "booking"), (clients, "client"), (letters, "letter"))
        )
