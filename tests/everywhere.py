"""An address of every page of the running demo, found by following links as everybody in turn."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext

LINK = re.compile(r'<a [^>]*href="([^"#]+)')
READ_AT_MOST = 15  # pages of one kind that are read for their links
KEPT = {"intake-page": 40, "demo-letter": 2}  # pages of one kind that are kept; one of every other kind


@dataclass(frozen=True)
class Place:
    """One page, and who looks at it: nobody (""), or the e-mail address of somebody at the desk."""

    name: str
    address: str
    who: str = ""


def everywhere(browser: Browser, base: str) -> list[Place]:
    """Every kind of page, as a visitor, as a client with the links from letters, and as everybody at the desk."""
    places = [*_book(browser, base), *_follow(browser.new_context(), base, [f"{base}/", f"{base}/demo/inbox/"], "")]
    for who in people(browser, base):
        context = sign_in(browser, base, who)
        places += [place for place in _follow(context, base, [f"{base}/desk/"], who) if "/desk/" in place.address]
        context.close()
    return places


def people(browser: Browser, base: str) -> list[str]:
    """Whom the demo lets one be."""
    page = browser.new_page()
    page.goto(f"{base}/demo/")
    found = page.locator("input[name=email]").evaluate_all("boxes => boxes.map(box => box.value)")
    page.close()
    return list(dict.fromkeys(found))


def sign_in(browser: Browser, base: str, who: str, **options: object) -> BrowserContext:
    """A browser in which this person is signed in, by one press as in the demo."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    if who:
        page = context.new_page()
        page.goto(f"{base}/demo/")
        page.locator(f"form:has(input[value='{who}']) button").click()
        page.wait_for_url("**/desk/**")
        page.close()
    return context


def _book(browser: Browser, base: str) -> list[Place]:
    """The pages between choosing a time and having booked it, which no link leads to."""
    page = browser.new_page()
    page.goto(f"{base}/book/times/")
    page.locator("button.slot, a.slot").first.click()
    details = Place("booking-details", page.url)
    page.close()
    return [details]


def _follow(context: BrowserContext, base: str, starts: list[str], who: str) -> list[Place]:
    """Reads pages and follows their links. Only GET: following a link never changes anything."""
    waiting, seen = deque(starts), set(starts)
    read: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    places = []
    while waiting:
        address = waiting.popleft()
        name = _name(address.removeprefix(base).partition("?")[0])
        if not name or read[name] >= max(READ_AT_MOST, KEPT.get(name, 0)):
            continue
        read[name] += 1
        response = context.request.get(address)
        if "text/html" not in response.headers.get("content-type", "") or not response.ok:
            continue
        arrived = _name(urldefrag(response.url)[0].removeprefix(base).partition("?")[0])
        if kept[arrived] < KEPT.get(arrived, 1):
            kept[arrived] += 1
            places.append(Place(arrived, response.url, who))
        for link in LINK.findall(response.text()):
            found = urldefrag(urljoin(response.url, link.replace("&amp;", "&")))[0]
            if found.startswith(f"{base}/") and found not in seen:
                seen.add(found)
                waiting.append(found)
    return places


def _name(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""
