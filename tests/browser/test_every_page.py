"""Every page of the running demo, as everybody who may see it: accessible, valid, and never wider than a phone."""

import re
from itertools import groupby

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from tests.everywhere import Everybody, Place, after_a_week
from tests.serving import Site, site

pytestmark = [pytest.mark.browser, pytest.mark.once]

CLIENT = [
    "landing", "services", "what-to-expect", "contact", "privacy", "accessibility",
    "booking-new", "booking-times", "booking-details", "booking-manage",
    "intake-start", "intake-page", "intake-check",
]  # fmt: skip
OWNER = [
    "desk-questionnaires", "desk-questionnaire-add", "desk-questionnaire", "desk-questionnaire-item",
    "desk-questionnaire-item-add", "desk-questionnaire-preview", "desk-questionnaire-version",
]  # fmt: skip
PAPER = ["intake-paper", "desk-paper", "desk-paper-blank", "desk-intake-paper", "desk-intake-paper-print",
         "desk-intake-paper-about", "desk-paper-answers"]  # fmt: skip
DESK = ["today", "desk-clients", "desk-client", "desk-booking", "desk-intakes", "desk-intake", "desk-record"]
DEMO = ["demo", "demo-clock", "demo-inbox", "demo-letter", "account_login"]
A_MAIL = "demo-letter-html"  # a letter as mail programs show it, judged in test_letter_shell.py
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}
SECRET_WORDS = re.compile(r"pelvi|jaw|anxi|pain|pregnan|stress|suicid|therapy", re.IGNORECASE)
# What can be pressed and lies under something else, so that a mouse or a thumb presses that.
COVERED = """() => [...document.querySelectorAll("main button, main .btn, main select, main input:not([type=hidden])")]
    .filter(each => !each.closest(".hp") && each.checkVisibility({visibilityProperty: true}) && each.offsetWidth > 2)
    .filter(each => {
        each.scrollIntoView({block: "center", behavior: "instant"})
        const box = each.getBoundingClientRect()
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
        return top && !each.contains(top) && !top.contains(each) && top.closest("label")?.control !== each
    }).map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def everybody(chromium: Browser, practice: Site) -> Everybody:
    return Everybody(chromium, practice.url)


@pytest.mark.parametrize("name", [*CLIENT, *DESK, *OWNER, *PAPER, *DEMO])
def test_the_page_can_be_reached_by_links(everybody: Everybody, name: str) -> None:
    assert name in {place.name for place in everybody.places}


@pytest.mark.parametrize(("scheme", "size"), [("light", NARROW), ("dark", WIDE)])
def test_every_page_is_accessible_and_fits(
    everybody: Everybody,
    scheme: str,
    size: ViewportSize,
) -> None:
    found = []
    for who, theirs in groupby(_one_of_each(everybody.places), key=lambda place: place.who):
        page = everybody.window(who, color_scheme=scheme, viewport=size).new_page()
        for place in theirs:
            found += [f"{place.name} as {who}: {fault}" for fault in _faults(page, place.address)]
        page.context.close()
    assert not found, "\n".join(sorted(set(found)))


def _one_of_each(places: list[Place]) -> list[Place]:
    """The first place of each name for clients, for staff and for the front desk, which sees less; in order."""
    first: dict[tuple[str, bool], Place] = {}
    for place in places:
        first.setdefault((place.name, place.who.startswith("fay")), place)
    return [place for place in places if place in first.values()]


def test_every_page_is_valid_private_and_loads_nothing_from_elsewhere(
    everybody: Everybody,
) -> None:
    found = []
    for who, theirs in groupby(everybody.places, key=lambda place: place.who):
        context = everybody.window(who)
        for place in (each for each in theirs if each.name != A_MAIL):
            html = context.request.get(place.address).text()
            found += [f"{place.name} as {who}: {fault}" for fault in _flaws(html, place)]
        context.close()
    assert not found, "\n".join(sorted(set(found)))


def test_the_pages_of_the_week_after_are_accessible_and_fit(chromium: Browser) -> None:
    with site() as practice:
        places = after_a_week(chromium, practice.url)
        assert {"checkin", "stop-short"} <= {place.name for place in places}
        page = chromium.new_context(viewport=NARROW).new_page()
        texts = {place.name: page.context.request.get(place.address).text() for place in places}
        faults = {each.name: [*_faults(page, each.address), *_flaws(texts[each.name], each)] for each in places}
        page.context.close()
    assert not {name: found for name, found in faults.items() if found}


@pytest.mark.parametrize(
    ("name", "button"),
    [("contact", "Send"), ("booking-details", "Book this session"), ("intake-page", "Continue")],
)
def test_what_is_wrong_is_said_first_and_leads_to_the_place(everybody: Everybody, name: str, button: str) -> None:
    place = next(place for place in everybody.places if place.name == name)
    page = everybody.window(place.who, viewport=NARROW).new_page()
    page.goto(place.address)
    page.get_by_role("button", name=button).click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".errsum")).to_be_focused()
    assert not _faults_of(page)
    page.locator(".errsum a").first.click()
    expect(page.locator("main").locator("input:focus, textarea:focus, select:focus")).to_have_count(1)
    page.context.close()


def test_a_form_can_be_sent_without_scripts(everybody: Everybody) -> None:
    place = next(place for place in everybody.places if place.name == "contact")
    page = everybody.window(place.who, java_script_enabled=False).new_page()
    page.goto(place.address)
    page.get_by_label("Your name").fill("Sam Poole")
    page.get_by_label("Email address").fill("sam@example.org")
    page.get_by_label("Your message").fill("Is there a step at the door?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your message")
    page.context.close()


def test_tapping_the_picture_ticks_the_box_and_the_box_colours_the_picture(everybody: Everybody) -> None:
    address = next(p.address for p in everybody.places if p.name == "intake-page" and p.address.endswith("/2/1/"))
    page = everybody.window("client", viewport=WIDE).new_page()
    page.goto(address)
    if not page.locator(".figure").is_visible():
        page.get_by_text("Show the picture").click()
    page.locator("[data-region=tailbone]").click()
    assert page.get_by_label("Tailbone").is_checked()
    page.get_by_label("Upper back").check()
    assert "on" in (page.locator("[data-region=upper_back]").get_attribute("class") or "")
    assert page.locator("[data-ticked]").inner_text() == "Upper back, Tailbone"
    page.get_by_text("Your answers are saved.").wait_for()
    page.reload()
    assert page.get_by_label("Tailbone").is_checked()
    page.context.close()


def _faults(page: Page, address: str) -> list[str]:
    """What the browser complains of while the page loads, and what is wrong with it then."""
    noise: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        noise.append(message.text)

    page.on("console", hear)
    page.goto(address)
    faults = [*noise, *_faults_of(page)]
    page.remove_listener("console", hear)
    return faults


def _faults_of(page: Page) -> list[str]:
    """What axe finds, what is too wide for the screen, what is too small for a thumb."""
    report = Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]})
    faults = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in report.response["violations"]]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, .btn, .slot, .opt, .solo, input:not([type=hidden])")]
            .filter(each => !each.closest(".opt, .hp") || each.matches(".opt"))
            .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5)).map(([html]) => html)"""
    )
    covered = page.evaluate(COVERED)
    wide = [f"{overflow} px too wide"] if overflow > 0 else []
    return [*faults, *wide, *(f"too small: {html}" for html in small), *(f"covered: {html}" for html in covered)]


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
