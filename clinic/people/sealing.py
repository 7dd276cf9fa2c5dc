"""Sealing of health data: AES-256-GCM, a data key per client, wrapped by the key ring from the environment.

A blob is `nonce + ciphertext`, bound to its label and row, so that it opens nowhere else. A wrapped key is
`length of key id + key id + nonce + ciphertext`, so that rotation re-wraps keys only and erasing a client
means destroying one key.
"""

from __future__ import annotations

import base64
import json
import secrets
from contextlib import suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from clinic.people.models import Client

NONCE = 12  # bytes, as GCM wants


class CannotUnseal(Exception):
    """The blob, its row or the key ring is not the one it was sealed with; says nothing of the content."""


def seal(owner: Client | None, label: str, row: UUID, data: Any) -> bytes:
    """`data` (JSON) as bytes that only `unseal` with the same owner, label and row opens.

    An owner of None means the practice itself: sign-in codes, notices to staff.
    """
    plain = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
    return _encrypt(_data_key(owner), plain, _bound_to(label, row))


def unseal(owner: Client | None, label: str, row: UUID, blob: bytes | memoryview) -> Any:
    """What was sealed; raises CannotUnseal."""
    if owner is not None:
        return json.loads(_decrypt(_data_key(owner), bytes(blob), _bound_to(label, row)))
    for key_id in settings.DATA_KEYS:  # the first key seals, all of them open
        with suppress(CannotUnseal):
            return json.loads(_decrypt(_ring_key(key_id), bytes(blob), _bound_to(label, row)))
    raise CannotUnseal("This was sealed for another row, or with a key that is gone.")


def new_wrapped_key(client_code: UUID) -> bytes:
    """A fresh data key for a client, wrapped by the first key of the ring."""
    return wrap(AESGCM.generate_key(256), client_code)


def wrap(data_key: bytes, client_code: UUID) -> bytes:
    key_id = next(iter(settings.DATA_KEYS))
    name = key_id.encode()
    return bytes([len(name)]) + name + _encrypt(_ring_key(key_id), data_key, _bound_to("key", client_code))


def unwrap(wrapped: bytes, client_code: UUID) -> bytes:
    """The data key of a client; raises CannotUnseal when it was erased or its ring key is gone."""
    if not wrapped:
        raise CannotUnseal("This client's key was destroyed.")
    size = wrapped[0]
    key_id, blob = wrapped[1 : 1 + size].decode(), wrapped[1 + size :]
    if key_id not in settings.DATA_KEYS:
        raise CannotUnseal(f"DATA_KEYS has no key named {key_id}.")
    return _decrypt(_ring_key(key_id), blob, _bound_to("key", client_code))


def _data_key(owner: Client | None) -> bytes:
    if owner is None:
        return _ring_key(next(iter(settings.DATA_KEYS)))
    return unwrap(bytes(owner.wrapped_key), owner.code)


@lru_cache(maxsize=16)
def _decoded(text: str) -> bytes:
    return base64.b64decode(text)


def _ring_key(key_id: str) -> bytes:
    return _decoded(settings.DATA_KEYS[key_id])


def _bound_to(label: str, row: UUID) -> bytes:
    return f"{label}:{row}".encode()


def _encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _decrypt(key: bytes, blob: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(blob[:NONCE], blob[NONCE:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("This was sealed for another row, or with another key.") from error
