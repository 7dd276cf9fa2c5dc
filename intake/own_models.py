"""The practice's own questionnaires: new ones, and its own wording of those that ship."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models


class OwnQuestionnaire(models.Model):
    """One questionnaire of the practice: what is being written, what is asked now, and who is asked it."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)  # of a shipped one: asked in its place
    title = models.CharField(max_length=200)
    draft = models.JSONField(null=True)  # the definition that is being written; empty when all is published
    notes = models.JSONField(default=list)  # what was changed since the last version, one sentence each
    published = models.ForeignKey("intake.QuestionnaireVersion", on_delete=models.PROTECT, null=True, related_name="+")
    reasons = models.JSONField(default=list)  # slugs of reasons that ask for it
    is_always = models.BooleanField(default=False)
    lasts_days = models.PositiveIntegerField(default=0)  # not asked again before; 0 asks it before each session
    chip = models.CharField(max_length=60, blank=True)  # a reason of its own, as clients read it when they book
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_asked(self) -> bool:
        return self.published_id is not None and self.retired_at is None


class Edition(models.Model):
    """One published version: who published it, when, and what changed."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    questionnaire = models.ForeignKey(OwnQuestionnaire, on_delete=models.PROTECT, related_name="editions")
    version = models.OneToOneField("intake.QuestionnaireVersion", on_delete=models.PROTECT, related_name="edition")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.JSONField(default=list)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="intake_one_edition_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.number}"
