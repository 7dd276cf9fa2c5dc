"""Every page of the running demo, as everybody who may see it: accessible, valid, and never wider than a phone."""

import re
from itertools import groupby

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.everywhere import Everybody, Place
from tests.serving import Site

pytestmark = pytest.mark.browser

CLIENT = [
    "landing", "services", "what-to-expect", "contact", "privacy", "accessibility",
    "booking-new", "booking-times", "booking-details", "booking-manage",
    "intake-start", "checkin",
]  # fmt: skip
DESK = ["today", "desk-clients", "desk-client", "desk-booking", "desk-intakes", "desk-intake", "desk-record"]
DEMO = ["demo", "demo-clock", "demo-inbox", "demo-letter", "account_login"]
A_MAIL = "demo-letter-html"  # a letter as mail programs show it, judged in test_letter_shell.py
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}
SECRET_WORDS = re.compile(r"pelvi|jaw|anxi|pain|pregnan|stress|suicid|therapy", re.IGNORECASE)


@pytest.fixture(scope="module")
def everybody(chromium: Browser, practice: Site) -> Everybody:
    return Everybody(chromium, practice.url)


@pytest.mark.parametrize("name", [*CLIENT, *DESK, *DEMO])
def test_the_page_can_be_reached_by_links(everybody: Everybody, name: str) -> None:
    assert name in {place.name for place in everybody.places}


@pytest.mark.parametrize(("scheme", "size"), [("light", NARROW), ("dark", WIDE)])
def test_every_page_is_accessible_and_fits(
    everybody: Everybody,
    scheme: str,
    size: ViewportSize,
) -> None:
    found = []
    for who, theirs in groupby(everybody.places, key=lambda place: place.who):
        context = everybody.window(who, color_scheme=scheme, viewport=size)
        for place in theirs:
            faults = _faults(context.new_page(), place.address)
            found += [f"{place.name} as {who}: {fault}" for fault in faults]
        context.close()
    assert not found, "\n".join(sorted(set(found)))


def test_every_page_is_valid_private_and_loads_nothing_from_elsewhere(
    everybody: Everybody,
) -> None:
    found = []
    for place in everybody.places:
        if place.name == A_MAIL:
            continue
        context = everybody.window(place.who)
        html = context.request.get(place.address).text()
        context.close()
        found += [f"{place.name} as {place.who}: {fault}" for fault in _flaws(html, place)]
    assert not found, "\n".join(sorted(set(found)))


def _faults(page: Page, address: str) -> list[str]:
    """What axe finds, what the browser complains of, what is too wide for the screen or too small for a thumb."""
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.goto(address)
    report = Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]})
    faults = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in report.response["violations"]]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, .btn, .slot, .opt, .solo, input:not([type=hidden])")]
            .filter(each => !each.closest(".opt, .hp") || each.matches(".opt"))
            .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([html]) => html)"""
    )
    page.close()
    return [
        *faults,
        *noise,
        *([f"{overflow} px too wide"] if overflow > 0 else []),
        *(f"too small: {html}" for html in small),
    ]


def _flaws(html: str, place: Place) -> list[str]:
    """What a strict parser refuses, and what must never be on a page."""
    flaws = []
    try:
        html5lib.HTMLParser(strict=True).parse(html)
    except html5lib.html5parser.ParseError as refused:
        flaws.append(f"HTML: {refused}")
    title = re.search(r"<title>([^<]*)</title>", html)
    words = title[1].rpartition(" – ")[0] if title else ""
    if not words:
        flaws.append("no title")
    if place.name.startswith(("intake", "checkin", "booking")) and SECRET_WORDS.search(words):
        flaws.append(f"the title tells: {words}")
    ids = re.findall(r'\sid="([^"]+)"', html)
    flaws += [f"id {each} is there twice" for each in sorted({each for each in ids if ids.count(each) > 1})]
    flaws += [
        f"{each} is there"
        for each in (" style=", "<style", " onclick=", " hx-", " required", "javascript:")
        if each in html
    ]
    flaws += [f"loads {src}" for src in re.findall(r'(?:src|href)="(https?://[^"]+\.(?:js|css|png|svg|woff2?))"', html)]
    if len(re.findall(r"<h1[ >]", html)) != 1:
        flaws.append(f"{len(re.findall(r'<h1[ >]', html))} h1")
    return flaws
