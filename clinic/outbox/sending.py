"""One mail to the server, and what its answer means for the letter."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from clinic.outbox.models import Message
from clinic.outbox.registry import Mail
from clinic.people.models import Practice


class ServerAway(Exception):
    """The mail server cannot be reached; no letter is to blame, so none loses a try."""


@dataclass
class Refused(Exception):
    """The server said no: for good (5xx) or for now (4xx), to this address or to the mail."""

    code: int
    for_good: bool
    address_is_bad: bool


def deliver(message: Message, mail: Mail, *, connection: BaseEmailBackend, now: datetime) -> None:
    """Hand one mail over; raises Refused or ServerAway."""
    try:
        build(message, mail, connection=connection, now=now).send()
    except smtplib.SMTPRecipientsRefused as error:
        code = max((answer[0] for answer in error.recipients.values()), default=550)
        raise Refused(code, for_good=code >= 500, address_is_bad=code >= 500) from error
    except smtplib.SMTPConnectError as error:
        raise ServerAway from error
    except smtplib.SMTPResponseException as error:
        raise Refused(error.smtp_code, for_good=error.smtp_code >= 500, address_is_bad=False) from error
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway from error


def build(message: Message, mail: Mail, *, connection: BaseEmailBackend, now: datetime) -> EmailMultiAlternatives:
    """Text, HTML and calendar part, with the Message-ID that stays the same at every try."""
    practice = Practice.objects.the()
    sender = formataddr((practice.mail_from_name or practice.name, settings.DEFAULT_FROM_EMAIL))
    email = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={**mail.headers, "Message-ID": message.message_id, "Date": format_datetime(now)},
        connection=connection,
    )
    email.attach_alternative(mail.html, "text/html")
    if mail.ics:
        ics = mail.ics.content.decode()
        email.attach_alternative(ics, f"text/calendar; method={mail.ics.method}; charset=UTF-8")
        email.attach("appointment.ics", mail.ics.content, "application/ics")
    return email


def open_connection() -> BaseEmailBackend:
    """A connection that several mails share; raises ServerAway."""
    connection: BaseEmailBackend = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        raise ServerAway from error
    return connection
