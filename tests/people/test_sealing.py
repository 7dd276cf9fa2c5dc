"""Sealing: what was sealed opens only for its owner, its label and its row."""

import base64
import json
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from clinic.people import profile, sealing
from tests import cast

pytestmark = pytest.mark.django_db

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
PRACTICE_ROW = uuid4()


@given(JSON)
def test_what_is_sealed_comes_back_the_same(data: object) -> None:
    blob = sealing.seal(None, "test", PRACTICE_ROW, data)

    assert sealing.unseal(None, "test", PRACTICE_ROW, blob) == data


def test_zero_false_and_nothing_stay_different() -> None:
    ada = cast.ada()

    things: list[object] = [0, False, "", None, []]
    for data in things:
        blob = sealing.seal(ada, "test", ada.code, data)
        assert json.dumps(sealing.unseal(ada, "test", ada.code, blob)) == json.dumps(data)


@pytest.mark.parametrize("wrong", ["owner", "label", "row", "byte"])
def test_a_blob_opens_nowhere_else(wrong: str) -> None:
    ada, ben, row = cast.ada(), cast.ben(), uuid4()
    blob = sealing.seal(ada, "answers", row, {"pain": 3})
    owner = ben if wrong == "owner" else ada
    label = "notes" if wrong == "label" else "answers"
    at = uuid4() if wrong == "row" else row
    blob = blob[:-1] + bytes([blob[-1] ^ 1]) if wrong == "byte" else blob

    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(owner, label, at, blob)


def test_a_destroyed_key_leaves_nothing_to_read() -> None:
    ada = cast.ada()
    blob = sealing.seal(ada, "answers", ada.code, "secret words")
    ada.wrapped_key = b""

    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(ada, "answers", ada.code, blob)


def test_an_old_ring_key_still_opens_and_new_data_uses_the_first(settings: Settings) -> None:
    ada = cast.ada()
    blob = sealing.seal(ada, "answers", ada.code, "before")
    new = base64.b64encode(b"n" * 32).decode()
    settings.DATA_KEYS = {"new": new, **settings.DATA_KEYS}

    assert sealing.unseal(ada, "answers", ada.code, blob) == "before"
    ada.wrapped_key = sealing.wrap(sealing.unwrap(bytes(ada.wrapped_key), ada.code), ada.code)
    settings.DATA_KEYS = {"new": new}
    assert sealing.unseal(ada, "answers", ada.code, blob) == "before"


def test_the_profile_is_not_in_the_table_in_clear() -> None:
    ada = cast.ada()
    profile.write(ada, {"doctor": "Dr Canary"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_profile FROM people_client")
        stored = bytes(cursor.fetchone()[0])

    assert b"Canary" not in stored
    assert profile.read(ada) == {"doctor": "Dr Canary"}


def test_what_the_practice_itself_sealed_outlives_a_new_ring_key(settings: Settings) -> None:
    blob = sealing.seal(None, "note", PRACTICE_ROW, {"code": "4711"})
    settings.DATA_KEYS = {"new": base64.b64encode(b"n" * 32).decode(), **settings.DATA_KEYS}

    assert sealing.unseal(None, "note", PRACTICE_ROW, blob) == {"code": "4711"}
