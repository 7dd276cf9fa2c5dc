#!/usr/bin/env python3
"""The door to everything: `demo` and `verify` set up what they need first, every other word is a Django command."""

import os
import sys


def main():  # type: () -> None
    if sys.version_info < (3, 8):
        sys.exit("This needs Python 3.11 or newer, and this is Python %d.%d." % sys.version_info[:2])
    if sys.argv[1:2] in (["demo"], ["verify"]):
        from clinic.bootstrap import start  # standard library only: Django may not be installed yet

        sys.exit(start.main(sys.argv[1:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        _become_the_environment()

    execute_from_command_line(sys.argv)


def _become_the_environment():  # type: () -> None
    """Go on in `.venv`, which `demo` or `verify` made; say what to type when there is none."""
    home = os.path.join(os.path.dirname(os.path.abspath(__file__)), ".venv")
    python = os.path.join(home, "bin", "python")
    if sys.prefix == home or not os.path.exists(python):
        sys.exit("Django is not installed here. `python3 manage.py demo` sets everything up.")
    os.execv(python, [python, *sys.argv])  # noqa: S606 (the same words, another Python)


if __name__ == "__main__":
    main()
