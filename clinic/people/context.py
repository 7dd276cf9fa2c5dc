"""What every page knows: the practice and the numbers to call in need."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.people import help as help_numbers
from clinic.people.models import Practice


def practice_of(request: HttpRequest) -> Practice:
    """The practice, read once for a request, whether its view asks first or its page."""
    if not hasattr(request, "practice"):
        request.practice = Practice.objects.the()  # type: ignore[attr-defined]
    found: Practice = request.practice  # type: ignore[attr-defined]
    return found


def practice(request: HttpRequest) -> dict[str, object]:
    """`practice`, `help` (kind to words), `help_numbers` (rows with tel) `is_demo` and `leave_url`."""
    the = SimpleLazyObject(lambda: practice_of(request))
    dialled = SimpleLazyObject(lambda: help_numbers.dialled(the.country))
    return {
        "practice": the,
        "help": SimpleLazyObject(lambda: help_numbers.words(dialled)),
        "help_numbers": SimpleLazyObject(lambda: {each.kind: each for each in dialled}),
        "is_demo": settings.DEMO,
        "leave_url": settings.LEAVE_URL,
    }
