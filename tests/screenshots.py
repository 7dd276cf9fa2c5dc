"""Pictures of every page on a phone and a desk, in light and dark: `python -m tests.screenshots [--base URL]`."""

import argparse
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import groupby, product
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from tests import environment  # noqa: F401  (sets what the settings read)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from tests.browser.conftest import ARGUMENTS  # noqa: E402
from tests.everywhere import Everybody, Place, after_a_week  # noqa: E402
from tests.serving import site  # noqa: E402

FOLDER = Path(__file__).parent.parent / "screenshots"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
SCHEMES = ("light", "dark")


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the demo unless an address is given, walk through it, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", help="a running site, such as http://127.0.0.1:8000; else a demo is started")
    parser.add_argument("--only", default="", help="a part of the names of the pages wanted, such as intake")
    parser.add_argument("--size", choices=SIZES, help="one size only")
    parser.add_argument("--scheme", choices=SCHEMES, help="one scheme only")
    told = parser.parse_args(arguments)
    FOLDER.mkdir(exist_ok=True)
    with ExitStack() as until:
        base = told.base or until.enter_context(site()).url
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        playwright = until.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        everybody = Everybody(chromium, base)
        sizes = [told.size] if told.size else list(SIZES)
        schemes = [told.scheme] if told.scheme else list(SCHEMES)
        kinds = list(product(sizes, schemes))
        count = _take(everybody, everybody.places, told.only, kinds)
        if not told.base:  # somebody else's clock is left alone
            count += _take(everybody, after_a_week(chromium, base), told.only, kinds)
        chromium.close()
    print(f"{count} pictures in {FOLDER}")


def _take(everybody: Everybody, places: list[Place], only: str, kinds: Sequence[tuple[str, str]]) -> int:
    wanted = [place for place in places if only in place.name]
    for size, scheme in kinds:
        _take_all(everybody, wanted, size, scheme)
    return len(wanted) * len(kinds)


def _take_all(everybody: Everybody, places: list[Place], size: str, scheme: str) -> None:
    width, height = SIZES[size]
    for who, theirs in groupby(places, key=lambda place: place.who):
        context = everybody.window(who, viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        for place in theirs:
            page.goto(place.address)
            page.screenshot(path=FOLDER / f"{_file(place, everybody.base)}-{size}-{scheme}.png", full_page=True)
        context.close()


def _file(place: Place, base: str) -> str:
    """By who looks and what at; where several of a kind are kept, their address tells them apart."""
    role = place.who.partition("@")[0]
    tail = re.sub(r"[\w-]{20,}", "", place.address.removeprefix(base).partition("?")[0])
    return re.sub(r"[^\w]+", "-", f"{role}-{place.name}-{tail}").strip("-")


if __name__ == "__main__":
    main()
