"""One wording, two parts: the text and the HTML of a letter say the same."""

from django.template import Context, Template

from clinic.outbox.rendering import paragraphs, tidy

WORDING = """{% load letters %}Hi {{ name }},

Here is a list:
- one & two
- three
And after.

{% button url %}Answer now{% endbutton %}

{% link url %}Or later{% endlink %}. {% link "" %}No link{% endlink %}"""


def rendered(*, as_html: bool) -> str:
    context = Context({"name": "O'Brien <b>", "url": "https://x/?a=1&b=2", "as_html": as_html}, autoescape=as_html)
    return Template(WORDING).render(context)


def test_text_is_plain() -> None:
    assert tidy(rendered(as_html=False)).splitlines() == [
        "Hi O'Brien <b>,",
        "",
        "Here is a list:",
        "- one & two",
        "- three",
        "And after.",
        "",
        "Answer now: https://x/?a=1&b=2",
        "",
        "Or later: https://x/?a=1&b=2. No link",
    ]


def test_html_is_escaped_and_split_into_paragraphs_and_lists() -> None:
    assert [(found.kind, [str(line) for line in found.lines]) for found in paragraphs(rendered(as_html=True))] == [
        ("p", ["Hi O&#x27;Brien &lt;b&gt;,"]),
        ("p", ["Here is a list:"]),
        ("ul", ["one & two", "three"]),
        ("p", ["And after."]),
        ("p", ['<a href="https://x/?a=1&amp;b=2" class="b">Answer now</a>']),
        ("p", ['<a href="https://x/?a=1&amp;b=2">Or later</a>. No link']),
    ]


def test_tidy_keeps_one_blank_line() -> None:
    assert tidy("\n a \n\n\n\nb  \n") == "a\n\nb"
