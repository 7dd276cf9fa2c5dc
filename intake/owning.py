"""What may happen to the practice's own questionnaires: take in, fork, change, publish, restore, choose, retire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from clinic.people import audit
from clinic.people.models import User
from intake import relied
from intake.compiling import DefinitionProblems, checked, shipped
from intake.definition import Definition
from intake.fhir_reading import compile_text
from intake.models import QuestionnaireVersion
from intake.own_models import Edition, OwnQuestionnaire

SOURCE = "This form"


class NothingToPublish(Exception):
    """There is no draft."""


@transaction.atomic
def take_in(*, text: str, by: User, now: datetime) -> OwnQuestionnaire:
    """Make a draft of what was uploaded: a new questionnaire, or a new draft of the one with the same short name."""
    definition = compile_text(text, SOURCE)
    own = _locked(definition.slug) or OwnQuestionnaire(slug=definition.slug, created_at=now)
    return _keep(own, definition, [*own.notes, "Uploaded."], by=by, now=now)


@transaction.atomic
def fork(*, slug: str, by: User, now: datetime) -> OwnQuestionnaire:
    """The practice's own wording of a shipped questionnaire, with an address of its own; upgrades do not touch it."""
    known = _locked(slug)
    if known is not None:
        return known
    url = f"{settings.SITE_URL.rstrip('/')}/questionnaires/{slug}"
    definition = replace(shipped()[slug], url=url)
    return _keep(
        OwnQuestionnaire(slug=slug, created_at=now), definition, ["Copied from the shipped form."], by=by, now=now
    )


@transaction.atomic
def change(*, own: OwnQuestionnaire, definition: Definition, note: str, by: User, now: datetime) -> OwnQuestionnaire:
    """Keep an edit in the draft; raises DefinitionProblems."""
    locked = OwnQuestionnaire.objects.select_for_update(no_key=True).get(code=own.code)
    return _keep(locked, definition, [*locked.notes, note], by=by, now=now)


@transaction.atomic
def publish(*, own: OwnQuestionnaire, by: User, now: datetime) -> Edition:
    """Make the draft the version that is asked from now on; forms that were begun keep the version they began with."""
    locked = OwnQuestionnaire.objects.select_for_update(no_key=True).get(code=own.code)
    if locked.draft is None:
        raise NothingToPublish
    number = locked.editions.count() + 1
    definition = replace(Definition.from_json(locked.draft), version=str(number))
    stored = definition.to_json()
    digest = hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()
    version = QuestionnaireVersion.objects.create(
        slug=locked.slug, version=str(number), digest=digest, definition=stored, created_at=now
    )
    edition = Edition.objects.create(
        questionnaire=locked, version=version, number=number, published_at=now, published_by=by, notes=locked.notes
    )
    locked.draft, locked.notes, locked.published, locked.retired_at = None, [], version, None
    locked.save()
    audit.record(actor=by, verb="changed", about=locked, client=None, fields=["published"], now=now)
    return edition


@transaction.atomic
def restore(*, edition: Edition, by: User, now: datetime) -> OwnQuestionnaire:
    """Make an older version the draft; publishing it makes a new version, so that history stays whole."""
    own = OwnQuestionnaire.objects.select_for_update(no_key=True).get(code=edition.questionnaire_id)
    definition = Definition.from_json(edition.version.definition)
    return _keep(own, definition, [f"Version {edition.number} taken up again."], by=by, now=now)


@transaction.atomic
def choose(
    *, own: OwnQuestionnaire, is_always: bool, reasons: Sequence[str], chip: str, lasts_days: int = 0, by: User,
    now: datetime,
) -> None:  # fmt: skip
    """Who is asked it: everybody, those who come for these reasons, those who choose its own reason; and how often."""
    own.is_always, own.reasons, own.chip, own.lasts_days = is_always, list(reasons), chip.strip(), lasts_days
    changed = ["is_always", "reasons", "chip", "lasts_days"]
    own.save(update_fields=changed)
    audit.record(actor=by, verb="changed", about=own, client=None, fields=changed, now=now)


@transaction.atomic
def retire(*, own: OwnQuestionnaire, is_retired: bool, by: User, now: datetime) -> None:
    """Ask it no more, or again; a retired wording of a shipped form gives its place back to the shipped one."""
    own.retired_at = now if is_retired else None
    own.save(update_fields=["retired_at"])
    audit.record(actor=by, verb="changed", about=own, client=None, fields=["retired_at"], now=now)


def draft_of(own: OwnQuestionnaire) -> Definition:
    """What is being written, else what is asked now."""
    if own.draft is not None:
        return Definition.from_json(own.draft)
    return (
        Definition.from_json(own.published.definition) if own.published else Definition(slug="", version="", title="")
    )


def _keep(
    own: OwnQuestionnaire, definition: Definition, notes: list[str], *, by: User, now: datetime
) -> OwnQuestionnaire:
    ready = checked(definition, SOURCE, is_ours=False)
    if problems := [*relied.missing(own.slug, ready)]:
        raise DefinitionProblems(SOURCE, problems)
    own.title, own.draft, own.notes = ready.title[:200], ready.to_json(), notes
    own.save()
    audit.record(actor=by, verb="changed", about=own, client=None, fields=["draft"], now=now)
    return own


def _locked(slug: str) -> OwnQuestionnaire | None:
    return OwnQuestionnaire.objects.select_for_update(no_key=True).filter(slug=slug).first()
