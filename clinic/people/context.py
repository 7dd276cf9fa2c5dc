"""What every page knows: the practice and the numbers to call in need."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.people import help as help_numbers
from clinic.people.models import Practice


def practice(request: HttpRequest) -> dict[str, object]:
    """`practice`, `help` (kind to words), `help_numbers` (rows with tel) `is_demo` and `leave_url`."""
    the = SimpleLazyObject(Practice.objects.the)
    return {
        "practice": the,
        "help": SimpleLazyObject(lambda: help_numbers.numbers(the.country)),
        "help_numbers": SimpleLazyObject(lambda: {n.kind: n for n in help_numbers.dialled(the.country)}),
        "is_demo": settings.DEMO,
        "leave_url": settings.LEAVE_URL,
    }
