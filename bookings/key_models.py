"""The keys by which other programs may book."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """A secret by which another program books over the API; only its SHA-256 is kept."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=80)  # which program it was given to
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(revoked_at__isnull=True), name="one_live_key_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.name}"
