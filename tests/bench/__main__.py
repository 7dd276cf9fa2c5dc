"""`python -m tests.bench WHAT [--seconds S] [--json FILE]`, one of those below: figures of this machine, and ratios."""

from __future__ import annotations

import argparse
import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import tests.environment  # noqa: F401 - sets what the settings ask for

WHAT = ("slots", "http", "commit", "parts", "mail", "intake", "memory")
IN_THIS_PROCESS = ("slots", "parts", "intake", "memory")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("--seconds", type=float, default=3, help="how long each case is measured")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    import_module("django").setup()
    rows = _measure(asked.what, asked.seconds)
    connection = import_module("django.db").connection
    print(f"{asked.what} on {connection.vendor}")
    print(import_module("tests.bench.measuring").shown(rows))
    if asked.json:
        asked.json.write_text(json.dumps({"what": asked.what, "database": connection.vendor, "rows": rows}, indent=2))


def _measure(what: str, seconds: float) -> list[dict[str, Any]]:
    """Some take this process and a database of their own; the others start a server that has one."""
    module = import_module(f"tests.bench.{what}")
    if what not in IN_THIS_PROCESS:
        rows: list[dict[str, Any]] = module.run(seconds)
        import_module("tests.serving").forget()
        return rows
    connection = import_module("django.db").connection
    name = f"bench_{os.getpid()}"
    folder = Path(os.environ["DATA_DIR"])
    connection.settings_dict["TEST"]["NAME"] = name if connection.vendor == "postgresql" else str(folder / name)
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        rows = module.run(seconds)
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
        import_module("tests.serving").forget()
    return rows


if __name__ == "__main__":
    main()
