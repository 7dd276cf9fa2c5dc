"""The keys of an installation on this machine only: made once, kept beside its data; standard library only."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

NAME = "keys.json"


def keep(folder: Path, **facts: str) -> dict[str, str]:
    """The settings kept in this folder, with `facts` noted among them; readable by their owner alone."""
    path = folder / NAME
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else _new_keys()
    if facts.items() <= kept.items() and path.exists():
        return kept
    kept.update(facts)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)
    draft.replace(path)
    return kept


def is_this_machine(site_url: str) -> bool:
    """Whether only this machine can reach the address, so that keys may be made without being asked for."""
    host = site_url.rsplit("//", maxsplit=1)[-1].split("/", maxsplit=1)[0].rsplit(":", 1)[0]
    return host in ("127.0.0.1", "localhost", "[::1]")


def ring(text: str) -> dict[str, str]:
    """The key ring from its setting, JSON that maps a key's id to 32 bytes in base64; ValueError says what is wrong."""
    try:
        keys: dict[str, str] = json.loads(text)
    except ValueError:
        raise ValueError('DATA_KEYS is not JSON. Set it to something like {"k1": "<base64>"}.') from None
    if not keys:
        raise ValueError('DATA_KEYS holds no key. Set it to something like {"k1": "<base64>"}.')
    for name, key in keys.items():
        if not _is_key(key):
            raise ValueError(f"The key {name} in DATA_KEYS is not 32 bytes in base64.")
    return keys


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def _new_keys() -> dict[str, str]:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {"SECRET_KEY": secrets.token_urlsafe(48), "DATA_KEYS": json.dumps({"k1": key})}
