"""The code on a printed form: short enough to type, it names the request and the wording, and notices a slip; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O or U, which look like others
ALIKE = str.maketrans("ILO", "110")
OF_REQUEST, OF_WORDING, OF_CHECK = 6, 4, 2  # letters of five bits each
LENGTHS = (OF_WORDING + OF_CHECK, OF_REQUEST + OF_WORDING + OF_CHECK)  # a blank form's, and one of a request


@dataclass(frozen=True)
class Code:
    """What a code says: the first bits of the request's code (empty on a blank form) and of the wording's digest."""

    request: str
    wording: str

    @property
    def words(self) -> str:
        """As it is printed: in groups, with letters that depend on all the others at its end."""
        body = self.request + self.wording
        whole = body + _check(body)
        size = 4 if self.request else 3
        return "-".join(whole[start : start + size] for start in range(0, len(whole), size))

    @property
    def between(self) -> tuple[UUID, UUID]:
        """The first and the last code that a request of it may have."""
        rest = 128 - 5 * OF_REQUEST
        first = _number(self.request) << rest
        return UUID(int=first), UUID(int=first + (1 << rest) - 1)

    def is_of(self, digest: str) -> bool:
        """Whether this is the wording."""
        return self.wording == _letters(int(digest, 16) >> (256 - 5 * OF_WORDING), OF_WORDING)


def code_of(request: UUID | None, digest: str) -> Code:
    """The code of this wording (a SHA-256 in hexadecimal), for this request or for nobody yet."""
    of_request = _letters(request.int >> (128 - 5 * OF_REQUEST), OF_REQUEST) if request else ""
    return Code(of_request, _letters(int(digest, 16) >> (256 - 5 * OF_WORDING), OF_WORDING))


def read(typed: str) -> Code | None:
    """The code that was typed, with or without its lines and in any case; None when it cannot be one."""
    found = "".join(letter for letter in typed.upper() if letter.isalnum()).translate(ALIKE)
    body, check = found[:-OF_CHECK], found[-OF_CHECK:]
    if len(found) not in LENGTHS or not set(found) <= set(LETTERS) or _check(body) != check:
        return None
    return Code(body[:-OF_WORDING], body[-OF_WORDING:])


def _check(body: str) -> str:
    return _letters(int.from_bytes(hashlib.sha256(body.encode()).digest()[:2], "big"), OF_CHECK)


def _letters(number: int, length: int) -> str:
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(length)))


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | LETTERS.index(letter)
    return number
