"""What a page offers: its words, its links, its forms with every field and the words beside it."""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

UNSEEN = {"script", "style", "template", "head"}
APART = {"p", "li", "dt", "dd", "h1", "h2", "h3", "label", "div", "td", "br"}


@dataclass
class Field:
    """One control: radios and ticks of one name are one field with several options."""

    kind: str
    name: str
    label: str
    value: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)  # value, words
    chosen: list[str] = field(default_factory=list)
    required: bool = False


@dataclass
class Button:
    """Something that sends the form."""

    words: str
    name: str
    value: str
    action: str = ""


@dataclass
class Form:
    """Where it goes, what it asks, how it is sent."""

    action: str
    method: str
    fields: list[Field]
    buttons: list[Button]

    def data(self) -> list[tuple[str, str]]:
        """What a browser would send, before anything is changed."""
        sent: list[tuple[str, str]] = []
        for one in self.fields:
            if one.kind in {"radio", "checkbox"}:
                sent += [(one.name, value) for value in one.chosen]
            elif one.kind != "file":
                sent.append((one.name, one.value))
        return sent

    def field(self, words: str) -> Field:
        """The field with these words beside it, or of this name."""
        for one in self.fields:
            if one.name == words or squeezed(one.label).startswith(words):
                return one
        raise AssertionError(f"no field {words!r} among {[(one.name, one.label) for one in self.fields]}")


class Page:
    """A parsed page."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.root: Element = html5lib.parse(markup, namespaceHTMLElements=False)
        self._parents = {child: parent for parent in self.root.iter() for child in parent}

    @property
    def heading(self) -> str:
        return next((words_of(one) for one in self.root.iter("h1")), "")

    @property
    def main(self) -> str:
        """The words of the main part, as one line."""
        return self.words("main") or words_of(self.root)

    def words(self, tag: str) -> str:
        return squeezed(" ".join(words_of(one) for one in self.root.iter(tag)))

    def headings(self, level: str) -> list[str]:
        return [words_of(one) for one in self.root.iter(level)]

    def links(self) -> list[tuple[str, str]]:
        return [(words_of(one), one.get("href", "")) for one in self.root.iter("a")]

    def items(self) -> list[tuple[str, str]]:
        """The items of the lists in the main part: the words of the link in each, and the rest of its words."""
        main = next(self.root.iter("main"), self.root)
        found = []
        for item in main.iter("li"):
            link = next((words_of(one) for one in item.iter("a")), "")
            found.append((link, words_of(item).removeprefix(link).strip()))
        return found

    def forms(self) -> list[Form]:
        return [self._form(one) for one in self.root.iter("form")]

    def _form(self, element: Element) -> Form:
        fields: dict[str, Field] = {}
        buttons: list[Button] = []
        own = element.get("id")
        outside = [one for one in self.root.iter() if own and one.get("form") == own]
        for one in [*element.iter(), *outside]:
            if not isinstance(one.tag, str) or one.get("disabled") is not None:
                continue
            if one.tag == "button" or (one.tag == "input" and one.get("type") == "submit"):
                words = words_of(one) or one.get("value", "")
                buttons.append(Button(words, one.get("name", ""), one.get("value", ""), one.get("formaction", "")))
            elif one.tag in {"input", "textarea", "select"} and one.get("name"):
                self._add(fields, one)
        method = element.get("method", "get").lower()
        return Form(element.get("action", ""), method, list(fields.values()), buttons)

    def _add(self, fields: dict[str, Field], one: Element) -> None:
        name = one.get("name", "")
        kind = one.get("type", "text") if one.tag == "input" else one.tag
        if kind in {"radio", "checkbox"}:
            known = fields.setdefault(name, Field(kind, name, self._legend(one) or self.label(one)))
            known.options.append((one.get("value", "on"), self.label(one)))
            known.chosen += [one.get("value", "on")] if one.get("checked") is not None else []
        elif kind == "select":
            options = [(o.get("value", words_of(o)), words_of(o)) for o in one.iter("option")]
            chosen = next((o.get("value", "") for o in one.iter("option") if o.get("selected") is not None), "")
            fields[name] = Field(kind, name, self.label(one), chosen or (options[0][0] if options else ""), options)
        else:
            value = (one.text or "").removeprefix("\n") if kind == "textarea" else one.get("value", "")
            fields[name] = Field(kind, name, self.label(one), value)
        fields[name].required |= one.get("required") is not None or one.get("aria-required") == "true"

    def label(self, one: Element) -> str:
        """The words that a screen reader would say for a control."""
        if one.get("aria-label"):
            return one.get("aria-label", "")
        labels = [each for each in self.root.iter("label") if one.get("id") and each.get("for") == one.get("id")]
        parent: Any = one
        while not labels and (parent := self._parents.get(parent)) is not None:
            labels = [parent] if parent.tag == "label" else []
        return words_of(labels[0]) if labels else ""

    def _legend(self, one: Element) -> str:
        parent: Any = one
        while (parent := self._parents.get(parent)) is not None:
            if parent.tag == "fieldset" and (legend := parent.find("legend")) is not None:
                return words_of(legend)
        return ""


def words_of(element: Element) -> str:
    """The words inside, as one line, without what nobody sees."""
    return squeezed("".join(_texts(element)))


def _texts(element: Element) -> list[str]:
    if not isinstance(element.tag, str) or element.tag in UNSEEN:
        return []
    found = [element.text or ""]
    for child in element:
        found += [*_texts(child), child.tail or ""]
    return [*found, " "] if element.tag in APART else found


def squeezed(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()
