"""Tags for the wording of letters: a link that is words in HTML and words with an address in text."""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html

register = template.Library()


class LinkNode(template.Node):
    """`{% link url %}words{% endlink %}`; `button` is the same and stands out in HTML."""

    def __init__(self, url: FilterExpression, words: NodeList, style: str) -> None:
        self.url, self.words, self.style = url, words, style

    def render(self, context: Context) -> str:
        url, words = self.url.resolve(context), self.words.render(context).strip()
        if not url:
            return words
        if not context.get("as_html"):
            return f"{words}: {url}"
        return format_html('<a href="{}"{}>{}</a>', url, self._class(), words)

    def _class(self) -> str:
        return format_html(' class="{}"', self.style) if self.style else ""


def _parse(parser: Parser, token: Token, style: str) -> LinkNode:
    name, url = token.split_contents()
    words = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return LinkNode(parser.compile_filter(url), words, style)


@register.tag
def link(parser: Parser, token: Token) -> LinkNode:
    return _parse(parser, token, "")


@register.tag
def button(parser: Parser, token: Token) -> LinkNode:
    return _parse(parser, token, "b")
