"""Many people at once: plain requests as a browser would send them, and a barrier so that all press together."""

import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlencode
from uuid import uuid4

LOST = 0  # the status of an answer that never came
PATIENCE = 120  # seconds; a person who waits longer has given up
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|form_key)" value="([^"]+)"')
OTHER_TIMES = re.compile(r'<input type="radio"[^>]* name="start"')
One = TypeVar("One")
Told = TypeVar("Told")


@dataclass(frozen=True)
class Answer:
    """What came back, and how long that took."""

    status: int
    to: str  # where it sends us
    body: str
    seconds: float

    @property
    def is_booked(self) -> bool:
        return self.status == 302 and "/book/done/" in self.to

    @property
    def is_held(self) -> bool:
        return self.status == 302 and "/book/details/" in self.to

    @property
    def is_taken(self) -> bool:
        """A clear page: what happened in words, and other times to press at once."""
        return self.status == 409 and "nearest free times" in self.body and 'name="start" value="' in self.body

    def keeps(self, details: dict[str, str]) -> bool:
        """A clear page for whoever had typed already: the time is gone, here are others, and nothing is lost."""
        kept = all(f'value="{each}"' in self.body for each in details.values())
        return "is gone" in self.body and bool(OTHER_TIMES.search(self.body)) and kept

    @property
    def is_busy(self) -> bool:
        """The page that says what to do."""
        return self.status == 503 and "Wait a few seconds" in self.body


class Person:
    """One browser: its cookies, and the hidden fields of the last page that it opened."""

    def __init__(self, port: int, number: int = 1, **cookies: str) -> None:
        self.port, self.cookies = port, dict(cookies)
        self.details = {"name": f"Person {number}", "email": f"person{number}@example.org"}
        self.hidden: dict[str, str] = {}

    def open(self, address: str) -> Answer:
        answer = self._send("GET", address, "")
        self.hidden = dict(HIDDEN.findall(answer.body))
        return answer

    def post(self, address: str, **fields: str) -> Answer:
        """The form of the last page with these fields; its key stays the same until another page is opened."""
        return self._send("POST", address, urlencode({**self.hidden, **fields}))

    def book(self, answer: Answer) -> Answer:
        """From a time that is held on to a booking; the answer stays as it is where there is no hold."""
        return self.post(answer.to, **self.details) if answer.is_held else answer

    def new_form(self) -> None:
        """As if the page had been loaded again."""
        self.hidden["form_key"] = str(uuid4())

    def _send(self, method: str, address: str, body: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException):
            return Answer(LOST, "", "", time.monotonic() - began)
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return Answer(answer.status, answer.headers.get("Location", ""), text, time.monotonic() - began)


def all_at_once(people: Sequence[One], act: Callable[[One], Told]) -> list[Told]:
    """What each was told, in their order; nobody begins before everybody is ready."""
    together = Barrier(len(people))

    def one(person: One) -> Told:
        together.wait()
        return act(person)

    with ThreadPoolExecutor(len(people)) as crowd:
        return list(crowd.map(one, people))


def until_wrong(attempt: Callable[[], One], is_wrong: Callable[[One], bool], tries: int = 10) -> One:
    """What a control comes to: without a guard the fault may appear each time, and need not."""
    for _ in range(tries - 1):
        found = attempt()
        if is_wrong(found):
            return found
    return attempt()


def slowest(answers: Sequence[Answer], share: float = 0.99) -> float:
    """The seconds within which this share was answered."""
    taken = sorted(answer.seconds for answer in answers)
    return taken[min(int(len(taken) * share), len(taken) - 1)]


def faults(answers: Sequence[Answer]) -> list[str]:
    """The answers that nobody should ever see: server errors, and none at all."""
    return [f"{each.status} {each.body[:200]}" for each in answers if each.status == LOST or each.status >= 500]
