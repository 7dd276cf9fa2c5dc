"""One wording, two parts: the text and the HTML of a letter say the same, and nothing in it is run."""

import pytest

from clinic.outbox.phrases import WordingProblem, as_typed, parse, problems
from clinic.outbox.rendering import Block, Number, paragraphs, tidy, typeset
from clinic.outbox.wordings import FOOTER, Spoken, Voice
from clinic.people.models import Practice

BODY = """Hi {name},

Here is a list:
- one & two
- three
And after.

[Answer now](url)

[Or later](url). [No link](nothing)[[ Call {phone}.| Write to us.]]

[[Left out: {nothing}.]]

{block}"""
VALUES = {"name": "O'Brien <b>", "url": "https://x/?a=1&b=2", "phone": "{name}", "block": Block("inner")}
HEARD = Voice("", {("inner", ""): Spoken("", "To {name}: 1 < 2"), (FOOTER, ""): Spoken("", "The end")})


def written() -> tuple[str, str]:
    parts = typeset(Spoken("For {name}", BODY), VALUES, HEARD, Practice(name="Stillpoint"))
    return parts.text, parts.html[parts.html.index("</h1>") + 5 : parts.html.index("</main>")].strip()


def test_text_is_plain() -> None:
    assert written()[0].splitlines() == [
        "Hi O'Brien <b>,",
        "",
        "Here is a list:",
        "- one & two",
        "- three",
        "And after.",
        "",
        "Answer now: https://x/?a=1&b=2",
        "",
        "Or later: https://x/?a=1&b=2. No link Call {name}.",
        "",
        "To O'Brien <b>: 1 < 2",
        "",
        "The end",
    ]


def test_html_is_escaped_split_into_paragraphs_and_a_link_alone_is_a_button() -> None:
    assert written()[1].splitlines() == [
        "<p>Hi O&#x27;Brien &lt;b&gt;,</p>",
        "<p>Here is a list:</p>",
        "<ul><li>one &amp; two</li><li>three</li></ul>",
        "<p>And after.</p>",
        '<p><a href="https://x/?a=1&amp;b=2" class="b">Answer now</a></p>',
        '<p><a href="https://x/?a=1&amp;b=2">Or later</a>. No link Call {name}.</p>',
        "<p>To O&#x27;Brien &lt;b&gt;: 1 &lt; 2</p>",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{% include 'x' %}",
        "{{ practice }}",
        "{name.real}",
        "{name",
        "}",
        "{Name}",
        "[[{name}",
        "{name}]]",
        "[[[[{name}]]",
    ],
)
def test_what_is_no_placeholder_is_refused(text: str) -> None:
    with pytest.raises(WordingProblem):
        parse(text)


@pytest.mark.parametrize(
    "text", ["<script>{name}</script>", "<a href='javascript:x'>{name}</a>", "{name}\n\n<img src=x onerror=y>"]
)
def test_markup_in_a_wording_is_only_words(text: str) -> None:
    parts = typeset(Spoken("", text), VALUES, HEARD, Practice(name="Stillpoint"))

    for tag in ("<script", "<img", "<a href='"):
        assert tag not in parts.html
        assert (tag in parts.text) == (tag in text)


def test_problems_name_line_and_placeholder() -> None:
    assert problems("Hi {name},\n\nCall {fone}. [Book](link)", known={"name", "phone"}, required={"phone"}) == [
        "Line 3: {fone} is not a placeholder of this letter.",
        "Line 3: no link may stand here.",
        "{phone} is missing: this letter must say it.",
    ]
    assert problems("a\n}\n[[b]]\n[[{c}", known={"c"}) == [
        "Line 2: a } stands alone. Write placeholders like {phone}.",
        "Line 3: there is no placeholder within [[ ]], so it would never be left out.",
        "Line 4: the [[ has no ]].",
    ]


def test_marks_of_what_is_required_are_not_shown() -> None:
    assert as_typed("Call {help!} now! [Stop](stop_url!)!") == "Call {help} now! [Stop](stop_url)!"
    assert parse("{help!} [Stop](stop_url!) {phone}").required == {"help", "stop_url"}


def test_tidy_keeps_one_blank_line() -> None:
    assert tidy("\n a \n\n\n\nb  \n") == "a\n\nb"


def test_a_line_of_its_own_is_a_paragraph() -> None:
    assert [part.kind for part in paragraphs("a\n- b\n- c\nd")] == ["p", "ul", "p"]


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("020 7946 0000", '<a href="tel:02079460000" class="nw">020 7946 0000</a>'),
        ("+44 (0)20 7946 0000", '<a href="tel:+442079460000" class="nw">+44 (0)20 7946 0000</a>'),
        ("(020) 7946-0000", '<a href="tel:02079460000" class="nw">(020) 7946-0000</a>'),
        ("Samaritans on 116 123", 'Samaritans on <a href="tel:116123" class="nw">116 123</a>'),
        ("999 or 112", '<a href="tel:999" class="nw">999</a> or <a href="tel:112" class="nw">112</a>'),
        ("us, 24/7, <b>O'Neill", "us, 24/7, &lt;b&gt;O&#x27;Neill"),
    ],
)
def test_a_number_to_call_is_a_link_in_html_and_words_in_text(words: str, html: str) -> None:
    values = {"phone": Number(words), "count": "4000"}

    parts = typeset(Spoken("", "Call {phone}. {count}"), values, HEARD, Practice(name="Stillpoint"))

    assert f"<p>Call {html}. 4000</p>" in parts.html
    assert parts.text.startswith(f"Call {words}. 4000\n")
    assert not Number("")
