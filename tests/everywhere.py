"""An address of every page of the running demo, found by following links as everybody in turn."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from secrets import token_hex
from typing import Any
from urllib.parse import urldefrag, urljoin

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, StorageState

LINK = re.compile(r'<a [^>]*href="([^"#]+)')
READ = {"intake-page": 60, "demo-letter": 60}  # pages of one kind that are read for their links
READ_OTHERS = 12
KEPT = {"intake-page": 60, "demo-letter": 2, "demo-letter-html": 2}  # that many are kept; one of every other kind
MOST_PARTS, MOST_PAGES = 5, 20  # of the questions before a session
CLIENT, HOLDING, BOOKED = "client", "holding", "booked"  # who is not at the desk


@dataclass(frozen=True)
class Place:
    """One page, and who looks at it."""

    name: str
    address: str
    who: str


class Everybody:
    """A client with the links of all letters, one who chose a time, one who booked, and all who may sign in."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.known: dict[str, StorageState] = {}
        self.places = [self._choose_a_time(HOLDING), self._choose_a_time(BOOKED)]
        self.places += self._answer(self.places[-1])
        self.places += self._follow(CLIENT, f"{base}/", f"{base}/accounts/login/", f"{base}/demo/inbox/")
        for who in self._one_of_each_role():
            self._sign_in(who)
            self._publish_a_form(who)
            self.places += [place for place in self._follow(who, f"{base}/desk/") if "/desk/" in place.address]

    def window(self, who: str, **options: Any) -> BrowserContext:
        """A fresh browser that is already who it should be."""
        return self.browser.new_context(storage_state=self.known.get(who), **options)

    def _follow(self, who: str, *starts: str) -> list[Place]:
        context = self.window(who)
        places = follow(context, self.base, who, *starts)
        context.close()
        return places

    def _one_of_each_role(self) -> list[str]:
        page = self.browser.new_page()
        page.goto(f"{self.base}/demo/")
        found: dict[str, str] = {}
        for form in page.locator("form:has(input[name=email])").all():
            role = form.get_by_role("button").inner_text().rpartition(", ")[2]
            found.setdefault(role, form.locator("input[name=email]").input_value())
        page.close()
        return list(found.values())

    def _sign_in(self, who: str) -> None:
        page = self.browser.new_page()
        page.goto(f"{self.base}/demo/")
        page.locator(f"form:has(input[value='{who}']) button").click()
        page.wait_for_url("**/desk/**")
        self.known[who] = page.context.storage_state()
        page.close()

    def _publish_a_form(self, who: str) -> None:
        """The owner makes a form their own, so that its pages are there: its questions, its versions, its preview."""
        page = self.window(who).new_page()
        answer = page.goto(f"{self.base}/desk/questionnaires/")
        if answer is not None and answer.ok:
            page.get_by_role("button", name="Change a copy of").last.click()
            page.get_by_role("button", name="Publish this version").click()
            page.get_by_text("Published.").wait_for()
        page.context.close()

    def _choose_a_time(self, who: str) -> Place:
        """The page that only the one who chose a time can open: the details, or, once booked, what happens next."""
        page = self.browser.new_page()
        page.goto(f"{self.base}/book/")
        page.locator("main a.btn").first.click()
        page.locator("button.slot").first.click()
        if who == BOOKED:
            page.get_by_label("Name").fill("Sam Poole")
            page.get_by_label("Email address").fill(f"sam.{token_hex(4)}@example.org")  # somebody new in every walk
            page.get_by_label("I am not sure").check()  # so that every form is asked
            page.get_by_role("button", name="Book this session").click()
        self.known[who] = page.context.storage_state()
        place = Place(named(page.url, self.base), page.url, who)
        page.close()
        return place

    def _answer(self, booked: Place) -> list[Place]:
        """The pages of the questions: no link leads from one to the next, as Continue does."""
        page = self.window(BOOKED).new_page()
        page.goto(booked.address)
        page.get_by_role("button", name="Answer the questions now").click()
        start = page.url
        page.get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Start").click()
        numbers = ((part, number) for part in range(1, MOST_PARTS + 1) for number in range(1, MOST_PAGES + 1))
        wanted = [f"{start}{part}/{number}/" for part, number in numbers]
        page.context.close()
        found = self._follow(CLIENT, start, f"{start}list/", f"{start}touch/", f"{start}check/", *wanted)
        return [place for place in found if place.name.startswith("intake")]


def after_a_week(browser: Browser, base: str) -> list[Place]:
    """What the letters of the coming week lead to; the demo's clock does not go back."""
    page = browser.new_page()
    page.goto(f"{base}/demo/clock/")
    page.get_by_role("button", name="One week on").click()
    page.wait_for_url("**/demo/clock/")
    places = follow(page.context, base, CLIENT, f"{base}/demo/inbox/")
    page.context.close()
    return [place for place in places if place.name.startswith(("checkin", "aftercare", "stop"))]


def follow(context: BrowserContext, base: str, who: str, *starts: str) -> list[Place]:
    """Read pages and follow their links. Only GET: following a link never changes anything."""
    waiting, seen = deque(starts), set(starts)
    read: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    places = []
    while waiting:
        address = waiting.popleft()
        name = named(address, base)
        if not name or read[name] >= READ.get(name, READ_OTHERS):
            continue
        read[name] += 1
        response = context.request.get(address)
        if "text/html" not in response.headers.get("content-type", "") or not response.ok:
            continue
        arrived = named(response.url, base)
        if kept[arrived] < KEPT.get(arrived, 1):
            kept[arrived] += 1
            places.append(Place(arrived, response.url, who))
        for link in LINK.findall(response.text()):
            found = urldefrag(urljoin(response.url, link.replace("&amp;", "&")))[0]
            if found.startswith(f"{base}/") and found not in seen:
                seen.add(found)
                waiting.append(found)
    return places


def named(address: str, base: str) -> str:
    """The name of the page at this address; empty where there is none."""
    try:
        return resolve(address.removeprefix(base).partition("?")[0].partition("#")[0]).url_name or ""
    except Resolver404:
        return ""
