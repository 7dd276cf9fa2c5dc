"""How practitioners sign in: allauth's rules here, its letters through the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from clinic.outbox.registry import Planned
from clinic.outbox.services import queue
from clinic.people import clock

CODE_LIFETIME = timedelta(minutes=5)
LOGIN_CODE = "account/email/login_code"


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: the owner makes the sign-ins."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the letter with the sign-in code; allauth's other letters are not ours to send."""
        if template_prefix == LOGIN_CODE:
            queue_code(email=email, code=context["code"])


def queue_code(*, email: str, code: str) -> None:
    """The code waits sealed, and is too late after five minutes."""
    now = clock.now()
    planned = Planned(
        kind="sign_in_code",
        about=uuid4(),
        occasion="",
        due_at=now,
        not_after=now + CODE_LIFETIME,
        reason="Somebody asked to sign in.",
        client_code=None,
    )
    queue(planned, now=now, facts={"email": email, "code": code})
