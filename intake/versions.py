"""The wording in use: shipped definitions, stored once per wording so that an answer keeps its question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from intake.compiling import shipped
from intake.definition import Definition
from intake.models import OwnQuestionnaire, QuestionnaireVersion, Response


class Wording(NamedTuple):
    """One wording of a questionnaire, stored or not yet, and the digest that names it."""

    slug: str
    digest: str
    definition: Definition


def definition_in_use(slug: str) -> Definition:
    """The definition that a response opened now would answer; KeyError when there is none.

    What the practice published under this name comes first, then what ships.
    """
    published = _published(slug)
    return _stored(published) if published else _shipped(slug)[0]


def in_use(slug: str, now: datetime) -> QuestionnaireVersion:
    """The stored version of that definition; stored the first time it is asked for."""
    published = _published(slug)
    if published:
        return QuestionnaireVersion.objects.get(code=published)
    definition, digest = _shipped(slug)
    version, _ = QuestionnaireVersion.objects.get_or_create(
        slug=slug,
        digest=digest,
        defaults={"version": definition.version, "definition": definition.to_json(), "created_at": now},
    )
    return version


def wording_in_use(slug: str) -> Wording:
    """The same with its digest; nothing is stored."""
    published = _published(slug)
    if published:
        return Wording(slug, QuestionnaireVersion.objects.get(code=published).digest, _stored(published))
    definition, digest = _shipped(slug)
    return Wording(slug, digest, definition)


def wordings(slugs: Iterable[str]) -> list[Wording]:
    """Every wording that these questionnaires have or had: those in use first, then older ones, newest first."""
    named = list(slugs)
    rows = QuestionnaireVersion.objects.filter(slug__in=named).order_by("-created_at")
    stored = [Wording(row.slug, row.digest, Definition.from_json(row.definition)) for row in rows]
    known = {**shipped(), **{each.slug: each.definition for each in stored}}
    return [*(wording_in_use(slug) for slug in named if slug in known), *stored]


def keep(wording: Wording, now: datetime) -> QuestionnaireVersion:
    """The stored row of this wording."""
    row = QuestionnaireVersion.objects.filter(slug=wording.slug, digest=wording.digest).first()
    return row or in_use(wording.slug, now)


def definition_of(response: Response) -> Definition:
    """The definition that this response answers."""
    return _stored(response.version_id)


def _published(slug: str) -> UUID | None:
    own = OwnQuestionnaire.objects.filter(slug=slug, published__isnull=False)
    if slug in shipped():
        own = own.filter(retired_at=None)  # a retired form of its own is still there for those who were asked it
    return own.values_list("published_id", flat=True).first()


@lru_cache(maxsize=16)
def _shipped(slug: str) -> tuple[Definition, str]:
    definition = shipped()[slug]
    return definition, hashlib.sha256(json.dumps(definition.to_json(), sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=64)
def _stored(code: UUID) -> Definition:
    """Versions never change, so one read per process is enough."""
    return Definition.from_json(QuestionnaireVersion.objects.get(code=code).definition)
