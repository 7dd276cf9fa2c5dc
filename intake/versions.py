"""The wording in use: shipped definitions, stored once per wording so that an answer keeps its question."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from intake.compiling import shipped
from intake.definition import Definition
from intake.models import OwnQuestionnaire, QuestionnaireVersion, Response


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
