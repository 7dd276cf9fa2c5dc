"""What every form that is posted carries: the token against forged forms, and a key of its own (see `receipts`)."""

from __future__ import annotations

from uuid import uuid4

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.people.receipts import FIELD

register = template.Library()


class PostingNode(CsrfTokenNode):
    """Django's own hidden field, and a new key each time that the form is drawn."""

    def render(self, context: Context) -> SafeString:
        return format_html('{}<input type="hidden" name="{}" value="{}">', super().render(context), FIELD, uuid4())


@register.tag
def csrf_token(parser: Parser, token: Token) -> PostingNode:
    return PostingNode()
