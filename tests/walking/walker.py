"""What anybody can do on a page, whatever they do it with; and how to get through a page of questions."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from tests.walking.reading import Field, Form, Page

# What a well person says, in the order of preference; a question with none of these gets its first answer.
CALM = ("none of these", "none", "no", "never", "not at all", "nobody", "0")


class Walker(ABC):
    """A person with some way of using the pages."""

    def __init__(self, home: str) -> None:
        self.home = home

    @abstractmethod
    def open(self, address: str) -> None:
        """Go to an address, from a mail or typed."""

    @abstractmethod
    def press(self, words: str) -> None:
        """Press the button or link that begins with these words."""

    @abstractmethod
    def write(self, field: Field, text: str) -> None: ...

    @abstractmethod
    def choose(self, field: Field, values: list[str]) -> None:
        """Choose these of the radios, ticks or options of one field."""

    @property
    @abstractmethod
    def address(self) -> str: ...

    @property
    @abstractmethod
    def page(self) -> Page: ...

    def form(self, words: str = "") -> Form:
        """The form with a field or a button of these words, else the last one that is sent by post."""
        forms = [form for form in self.page.forms() if form.method == "post"]
        for form in forms:
            if words and any(button.words.startswith(words) for button in form.buttons):
                return form
        return max(forms, key=lambda form: len(form.fields))

    def unfold(self, words: str) -> None:
        """Open what is folded away under these words; without a browser nothing is."""
        assert words in self.page.main

    def fill(self, answers: Mapping[str, str]) -> None:
        """Write or choose by the words beside each field."""
        for words, answer in answers.items():
            self.answer(self.form().field(words), answer)

    def answer(self, field: Field, answer: str) -> None:
        if field.options:
            self.choose(field, [value_of(field, answer)])
        else:
            self.write(field, answer)

    def reads(self, words: str) -> None:
        assert words in self.page.main, f"{words!r} is not on {self.address}: {self.page.main[:2000]}"


def value_of(field: Field, words: str) -> str:
    """The value behind an option's words."""
    for value, said in field.options:
        if words == value or said.startswith(words):
            return value
    raise AssertionError(f"no option {words!r} among {field.options}")


def calm_choice(field: Field) -> str:
    """What a well person answers."""
    said = {words.lower(): value for value, words in field.options}
    for calm in CALM:
        for words, value in said.items():
            if words == calm or words.startswith((f"{calm} ", f"{calm},")):
                return value
    return field.options[0][0]
