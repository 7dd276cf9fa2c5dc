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
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
