"""Nothing that was answered is lost: not to a closed tab, a dead network, a killed web process, or another device.

By default a few pages of one form are walked; `verify --full` walks every page of every form.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.faults import figures
from tests.serving import Site, kill_web, site
from tests.walking.browsing import Mouse
from tests.walking.path import answer_page

# What a save keeps, tests/intake shows on both databases; here it is the browser that differs, but for a full run.
pytestmark = [pytest.mark.browser, *([] if figures.FULL else [pytest.mark.once])]
PAGES_OF_A_FORM = 40 if figures.FULL else 3  # one for each thing that may die
PARTS = [1, 2, 3, 4] if figures.FULL else [1]
FAULTS = ("tab", "network", "server")
OWN = """
from clinic.people import clock
from clinic.people.models import User
from intake import editing, owning
olu, now = User.objects.get(email__startswith="olu@"), clock.now()
own = owning.fork(slug="general", by=olu, now=now)
"""
PUBLISH_ANEW = f"""{OWN}
draft = owning.draft_of(own)
for item in draft.items:
    draft = editing.reword(draft, item.link_id, text="Worded anew")
own = owning.change(own=own, definition=draft, note="", by=olu, now=now)
owning.publish(own=own, by=olu, now=now)
"""
AS_IT_WAS = f"{OWN}owning.retire(own=own, is_retired=True, by=olu, now=now)"


@pytest.fixture(scope="module")
def practice() -> Iterator[Site]:
    """A practice of its own: its web process is killed."""
    with site(night_shift=False) as running:
        yield running


@pytest.fixture(scope="module")
def start(chromium: Browser, practice: Site) -> str:
    return begin(chromium, practice)


def begin(chromium: Browser, practice: Site, *, name: str = "Lena Lost") -> str:
    """The address of the questions of a new client, who is asked every form and agrees that answers are kept."""
    page = chromium.new_page()
    page.goto(f"{practice.url}/book/")
    page.locator("main a.btn").first.click()
    page.locator("button.slot").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email address").fill(f"{name.lower().replace(' ', '.')}@example.org")
    page.get_by_label("I am not sure").check()
    page.get_by_role("button", name="Book this session").click()
    page.get_by_role("button", name="Answer the questions now").click()
    address = page.url
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Continue").wait_for()
    page.context.close()
    return address


@pytest.mark.parametrize("part", PARTS)
def test_every_answer_survives_whatever_dies(chromium: Browser, practice: Site, start: str, part: int) -> None:
    """Answer a page, let something die before Continue, come back on a new device, and find the answer; then go on."""
    address = f"{start}{part}/"
    given: dict[str, dict[str, list[str]]] = {}
    for number in range(PAGES_OF_A_FORM):
        context = chromium.new_context()
        page = context.new_page()
        page.goto(address)
        if not _is_question(page):
            break
        here = urlsplit(page.url).path
        given[here] = _answer(practice, page)
        _let_die(FAULTS[number % len(FAULTS)], practice, context, page)
        given[here] = _look_again(chromium, practice, here, given[here])
        address = _go_on(chromium, practice, here)
    kept = 0
    for path, values in given.items():
        page = _opened(chromium, practice, path)
        assert _values(page) == values, path
        page.context.close()
        kept += 1
    what = f"form {part}: pages where tab, network or web process died"
    figures.note(what, promised=f"{len(given)} of {len(given)} kept", measured=f"{kept} kept", control="see below")


def test_without_saving_at_the_tap_a_closed_tab_would_lose_the_page(chromium: Browser, practice: Site) -> None:
    """The control: a page that nobody answered yet, without JavaScript, where only Continue saves."""
    start = begin(chromium, practice, name="Cora Control")  # at full size the others answer every page of theirs
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{start}1/11/")
    page.locator("input[type=checkbox]").first.check()
    context.close()

    again = _opened(chromium, practice, urlsplit(f"{start}1/11/").path)
    lost = not _values(again)
    again.context.close()

    assert lost
    figures.note("the same without saving at the tap", promised="lost", measured="lost" if lost else "kept")


def test_two_tabs_and_a_second_device_add_up(chromium: Browser, practice: Site, start: str) -> None:
    device, other = chromium.new_context(), chromium.new_context()
    first, second, third = device.new_page(), device.new_page(), other.new_page()
    numbers = (1, 2, 7)  # questions of words, scales and lists, all of the first form
    pages = [page for page, number in zip((first, second, third), numbers, strict=True) if _open(page, start, number)]
    for page in pages:
        _answer(practice, page)
    for page in reversed(pages):
        page.get_by_role("button", name="Continue").click()
        page.wait_for_load_state()
    for number in numbers[: len(pages)]:
        page = _opened(chromium, practice, urlsplit(f"{start}1/{number}/").path)
        assert not _is_question(page) or any(_values(page).values()), number
    device.close()
    other.close()


def test_a_form_published_anew_and_four_weeks_later_all_is_there(chromium: Browser, practice: Site) -> None:
    address = begin(chromium, practice, name="Rea Return")  # whom the other tests have not booked already
    pages = [urlsplit(f"{address}1/{number}/").path for number in (1, 2)]
    given = []
    for path in pages:
        page = _opened(chromium, practice, path)
        given.append(_answer(practice, page))
        page.get_by_role("button", name="Continue").click()
        page.wait_for_load_state()
        page.context.close()

    pictures = []
    with _published_anew(practice), _four_weeks_on(practice):
        new = begin(chromium, practice, name="Nia New")
        page = _opened(chromium, practice, urlsplit(f"{new}1/1/").path)
        assert "Worded anew" in page.content()  # who begins now is asked in the new words
        page.context.close()
        for path in pages:
            page = _opened(chromium, practice, path)
            pictures.append(_values(page))
            assert "Worded anew" not in page.content()  # an answer keeps the question that it was given to
            page.context.close()

    assert pictures == given
    assert all(given)


def test_an_urgent_sign_shows_whom_to_call_at_the_tap(chromium: Browser, practice: Site, start: str) -> None:
    page = chromium.new_page()
    page.goto(f"{start}1/3/")
    page.get_by_label("None of these").check()

    page.get_by_label("Chest pain or trouble breathing").check()

    assert not page.get_by_label("None of these").is_checked()

    page.get_by_role("heading", name="Please get medical help now").wait_for()
    assert page.get_by_role("link", name="Call 999").first.is_visible()
    page.get_by_label("None of these").check()
    assert not page.get_by_label("Chest pain or trouble breathing").is_checked()
    page.get_by_role("heading", name="Please get medical help now").wait_for(state="detached")
    page.context.close()


def test_the_picture_ticks_no_place_beside_nowhere(chromium: Browser, practice: Site, start: str) -> None:
    page = chromium.new_page()
    page.goto(f"{start}3/1/")

    page.locator("input[value=nowhere]").check()
    page.locator("[data-region=throat]").first.click()
    assert page.locator("input[value=throat]").is_checked()
    assert not page.locator("input[value=nowhere]").is_checked()

    page.locator("input[value=nowhere]").check()
    assert not page.locator("input[value=throat]").is_checked()
    page.context.close()


@contextmanager
def _published_anew(practice: Site) -> Iterator[None]:
    practice.told(PUBLISH_ANEW)
    try:
        yield
    finally:
        practice.told(AS_IT_WAS)


@contextmanager
def _four_weeks_on(practice: Site) -> Iterator[None]:
    practice.turn_clock(datetime.now(UTC) + timedelta(days=29))
    try:
        yield
    finally:
        practice.turn_clock(datetime.now(UTC))


def _open(page: Page, start: str, number: int) -> bool:
    answer = page.goto(f"{start}1/{number}/")
    return answer is not None and answer.ok


def _is_question(page: Page) -> bool:
    return page.locator("form[data-autosave]").count() > 0


def _answer(practice: Site, page: Page) -> dict[str, list[str]]:
    """Answer as a well person would, and wait until the page says that it is saved."""
    before = _values(page)
    answer_page(Mouse(practice.url, page), {"gen_goal": "Sleep", "gen_activity": "Chew toast"})
    if _values(page) != before:
        page.get_by_text("Your answers are saved.").wait_for()
    return _values(page)


def _values(page: Page) -> dict[str, list[str]]:
    """What the form of a page holds, without its token."""
    found: dict[str, list[str]] = page.evaluate(
        """() => {
            const found = {}, tokens = ["csrfmiddlewaretoken", "form_key"];
            for (const [name, value] of new FormData(document.querySelector("form[data-autosave]")))
                if (value && !tokens.includes(name)) (found[name] ??= []).push(value);
            return found;
        }"""
    )
    return found


def _let_die(fault: str, practice: Site, context: BrowserContext, page: Page) -> None:
    if fault == "network":
        context.set_offline(True)
        page.get_by_role("button", name="Continue").click(no_wait_after=True)
    if fault == "server":
        kill_web(practice)
    context.close()


def _look_again(chromium: Browser, practice: Site, path: str, values: dict[str, list[str]]) -> dict[str, list[str]]:
    page = _opened(chromium, practice, path)
    assert _values(page) == values, path
    page.context.close()
    return values


def _opened(chromium: Browser, practice: Site, path: str) -> Page:
    page = chromium.new_context().new_page()
    page.goto(f"{practice.url}{path}")
    return page


def _go_on(chromium: Browser, practice: Site, path: str) -> str:
    """Continue, through any card and any page between; where the next question is."""
    page = _opened(chromium, practice, path)
    page.get_by_role("button", name="Continue").click()
    page.wait_for_load_state()
    while page.url.endswith(("/help/", "/strength/")) or "/help/?" in page.url:
        page.locator("form button").first.click()
        page.wait_for_load_state()
    address = page.url
    page.context.close()
    return address
