"""A person without a browser: plain requests, cookies, and forms sent as a browser sends them."""

from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.walking.reading import Button, Field, Form, Page
from tests.walking.walker import Walker


class Visitor(Walker):
    """Keeps cookies and what was typed; `status` is the last answer's."""

    def __init__(self, home: str) -> None:
        super().__init__(home)
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.status = 0
        self._address = home
        self._page = Page("")
        self._typed: dict[str, list[str]] = {}

    @property
    def address(self) -> str:
        return urlsplit(self._address).path

    @property
    def page(self) -> Page:
        return self._page

    def open(self, address: str) -> None:
        self._send(Request(urljoin(self.home + "/", address)))

    def press(self, words: str) -> None:
        for form in self.page.forms():
            for button in form.buttons:
                if button.words.startswith(words):
                    self.submit(form, button)
                    return
        for said, href in self.page.links():
            if said.startswith(words):
                self.open(urljoin(self._address, href))
                return
        raise AssertionError(f"nothing to press says {words!r} on {self.address}: {self.page.main[:2000]}")

    def button(self, value: str) -> tuple[Form, Button]:
        """The button that sends this value, and its form."""
        for form in self.page.forms():
            for button in form.buttons:
                if button.value == value:
                    return form, button
        raise AssertionError(f"nothing sends {value!r} on {self.address}")

    def write(self, field: Field, text: str) -> None:
        self._typed[field.name] = [text]

    def choose(self, field: Field, values: list[str]) -> None:
        self._typed[field.name] = values

    def submit(self, form: Form, button: Button | None = None) -> None:
        """Send a form as it stands, with what was typed."""
        data = [(name, value) for name, value in form.data() if name not in self._typed]
        names = {one.name for one in form.fields}
        data += [(name, value) for name, values in self._typed.items() if name in names for value in values]
        if button and button.name:
            data.append((button.name, button.value))
        target = urljoin(self._address, (button.action if button else "") or form.action or self._address)
        if form.method == "post":
            self._send(Request(target, data=urlencode(data).encode(), headers={"Referer": self._address}))
        else:
            self._send(Request(f"{target.split('?')[0]}?{urlencode(data)}"))

    def _send(self, request: Request) -> None:
        self._typed = {}
        try:
            with self.opener.open(request, timeout=60) as answer:
                self._read(answer.status, answer.url, answer.read())
        except HTTPError as error:
            self._read(error.code, error.url or request.full_url, error.read())

    def _read(self, status: int, address: str, body: bytes) -> None:
        self.status, self._address, self._page = status, address, Page(body.decode())
