"""The desk's pages for other programs: the file for owner and front desk, the keys for the owner alone."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from bookings import keys
from bookings.models import ApiKey, Service
from clinic.people.models import AuditEvent
from tests import cast, make
from tests.cast import NOW
from tests.make import TEN

pytestmark = pytest.mark.django_db


def test_owner_and_front_desk_get_the_file_and_it_is_noted(client: Browser, first: Service) -> None:
    make.booked(start=TEN)
    for who in (cast.olu(), cast.fay()):
        client.force_login(who)
        assert "Download the file" in client.get(reverse("desk-export")).content.decode()
        answer = client.post(reverse("desk-export-file"))
        rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
        assert [(row["client_name"], row["practitioner"], row["note"]) for row in rows] == [("Ada Byron", "clara", "")]

    assert AuditEvent.objects.filter(verb="exported").count() == 2


def test_a_practitioner_and_a_stranger_get_neither(client: Browser, first: Service) -> None:
    pages = [reverse("desk-export"), reverse("desk-api-keys")]
    assert all("/accounts/login/" in client.get(page)["Location"] for page in pages)
    client.force_login(cast.user_of(cast.clara()))

    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(reverse("desk-export-file")).status_code == 404
    client.force_login(cast.fay())
    assert client.get(reverse("desk-api-keys")).status_code == 404


def test_a_key_is_shown_once_works_and_can_be_stopped(client: Browser, first: Service) -> None:
    client.force_login(cast.olu())
    page = reverse("desk-api-keys")
    made = client.post(page, {"name": "Website"}).content.decode()
    secret = made.partition(keys.PREFIX)[2].partition('"')[0]
    key = ApiKey.objects.get()

    assert keys.find(keys.PREFIX + secret) == key
    assert secret not in client.get(page).content.decode()
    assert "is in use" in client.post(page, {"name": "Website"}).content.decode()
    client.post(reverse("desk-api-key-revoke", args=[key.code]))
    assert keys.find(keys.PREFIX + secret) is None
    assert "No key is in use" in client.get(page).content.decode()


def test_a_stopped_key_is_put_back_unless_another_has_its_name_or_two_weeks_are_over(
    client: Browser, clock: time_machine.Traveller, first: Service
) -> None:
    client.force_login(cast.olu())
    secret = keys.make(name="Website", now=NOW)
    back = reverse("desk-api-key-put-back", args=[ApiKey.objects.get().code])
    keys.revoke(name="Website", now=NOW)
    assert back in client.get(reverse("desk-api-keys")).content.decode()
    keys.make(name="Website", now=NOW)
    assert "Another key named Website is in use" in client.post(back, follow=True).content.decode()
    assert keys.find(secret) is None

    keys.revoke(name="Website", now=NOW)
    assert "works again" in client.post(back, follow=True).content.decode()
    assert keys.find(secret)
    keys.revoke(name="Website", now=NOW)
    clock.shift(keys.BACK_WITHIN + timedelta(minutes=1))
    client.force_login(cast.olu())
    client.post(back)
    assert keys.find(secret) is None
    assert back not in client.get(reverse("desk-api-keys")).content.decode()


def test_the_command_makes_and_revokes(first: Service) -> None:
    out = StringIO()
    call_command("api_key", "Website", stdout=out)
    assert keys.find(out.getvalue().strip()) is not None
    with pytest.raises(CommandError, match="is in use"):
        call_command("api_key", "Website")
    call_command("api_key", "Website", "--revoke", stdout=out)
    assert ApiKey.objects.filter(revoked_at=None).count() == 0
    with pytest.raises(CommandError, match="no key named"):
        call_command("api_key", "Website", "--revoke")
    assert keys.make(name="Website", now=NOW)
