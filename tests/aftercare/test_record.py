"""Keeping, closing and amending the record of a session."""

from datetime import timedelta

import pytest

from aftercare import access, services
from aftercare.access import Session
from aftercare.models import Amendment, SessionRecord
from bookings.models import Booking
from clinic.people.models import AuditEvent, User
from tests import make
from tests.aftercare.words import RECORD, record
from tests.cast import NOW, clara

AFTER = NOW + timedelta(hours=2)


@pytest.fixture
def by(session: Session) -> User:
    user = clara().user
    assert user is not None
    return user


def save(session: Session, by: User, version: int = 0, **changes: object) -> SessionRecord:
    return services.save_record(session=session, content=record(**changes), version=version, by=by, now=AFTER)


def test_a_draft_is_kept_sealed_and_comes_back(session: Session, by: User) -> None:
    row = save(session, by)

    row.refresh_from_db()
    assert access.read(row) == RECORD
    assert b"quiet and warm" not in bytes(row.sealed)
    assert (row.version, row.saved_by, row.is_closed) == (1, by, False)


def test_a_draft_may_be_half_empty(session: Session, by: User) -> None:
    assert access.read(save(session, by, areas=(), leave_check=(), touch_style="")).areas == ()


def test_two_windows_are_noticed_and_nothing_is_overwritten(session: Session, by: User) -> None:
    save(session, by)

    with pytest.raises(services.Changed) as change:
        save(session, by, version=0, notes="from the other window")

    assert (change.value.stored.notes, change.value.version) == ("quiet and warm", 1)


def test_a_refused_area_changes_nothing(session: Session, by: User) -> None:
    make.touch_map(session.client, belly="no")

    with pytest.raises(services.Refused) as refusal:
        save(session, by, areas=("belly",))

    assert refusal.value.problems == {"areas": "Belly: They said no to touch here."}
    assert not SessionRecord.objects.exists()


def test_closing_signs_it_and_completes_the_session(session: Session, by: User) -> None:
    save(session, by)

    row = services.close_record(session=session, version=1, by=by, now=AFTER)

    assert (row.closed_at, row.closed_by) == (AFTER, by)
    assert make.find_session(session.booking.code).booking.status == Booking.Status.COMPLETED
    signed = AuditEvent.objects.get(verb="signed")
    assert (signed.actor, signed.client_code, signed.fields) == (by, session.client.code, ["content"])


def test_closing_twice_is_closing_once(session: Session, by: User) -> None:
    save(session, by)
    services.close_record(session=session, version=1, by=by, now=AFTER)

    again = services.close_record(session=session, version=1, by=by, now=AFTER + timedelta(hours=1))

    assert again.closed_at == AFTER


def test_an_unfinished_record_stays_open(session: Session, by: User) -> None:
    save(session, by, leave_check=("drink",))

    with pytest.raises(services.Refused) as refusal:
        services.close_record(session=session, version=1, by=by, now=AFTER)

    assert set(refusal.value.problems) == {"leave_check"}
    assert not SessionRecord.objects.get().is_closed


def test_an_answer_that_came_meanwhile_keeps_it_open(session: Session, by: User) -> None:
    save(session, by)
    make.flags(session.client, "p_sedating")

    with pytest.raises(services.Refused) as refusal:
        services.close_record(session=session, version=1, by=by, now=AFTER)

    assert set(refusal.value.problems) == {"leave_check"}


def test_what_is_signed_was_what_was_seen(session: Session, by: User) -> None:
    save(session, by)
    save(session, by, version=1, notes="newer")

    with pytest.raises(services.Changed):
        services.close_record(session=session, version=1, by=by, now=AFTER)


def test_a_session_that_has_not_begun_is_not_closed(session: Session, by: User) -> None:
    save(session, by)

    with pytest.raises(services.Refused):
        services.close_record(session=session, version=1, by=by, now=NOW)


def test_a_signed_record_cannot_be_changed(session: Session, by: User) -> None:
    save(session, by)
    services.close_record(session=session, version=1, by=by, now=AFTER)

    with pytest.raises(services.Closed):
        save(session, by, version=1, notes="another story")

    assert access.read(SessionRecord.objects.get()).notes == "quiet and warm"


def test_an_amendment_stands_beside_the_signed_text(session: Session, by: User) -> None:
    save(session, by)
    services.close_record(session=session, version=1, by=by, now=AFTER)

    services.amend(session=session, text="It was the left side.", reason="I mixed them up.", by=by, now=AFTER)

    added = Amendment.objects.select_related("record__client").get()
    assert access.read_amendment(added) == {"text": "It was the left side.", "reason": "I mixed them up."}
    assert b"left" not in bytes(added.sealed)
    assert access.read(added.record) == RECORD


def test_a_draft_is_changed_not_amended(session: Session, by: User) -> None:
    save(session, by)

    with pytest.raises(services.NotNow):
        services.amend(session=session, text="more", reason="late", by=by, now=AFTER)


@pytest.mark.parametrize("status", [Booking.Status.CANCELLED, Booking.Status.MISSED])
def test_a_session_that_did_not_happen_has_no_record(status: str, by: User) -> None:
    other = make.session(status=status, starts_at=NOW + timedelta(hours=5))

    with pytest.raises(services.Refused):
        save(other, by)
