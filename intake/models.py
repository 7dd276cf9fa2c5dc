"""What a client is asked and what came of it: requests, responses, scores, flags, consents and reviews."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.people.models import Client, Practitioner
from intake.own_models import Edition, OwnQuestionnaire

__all__ = [
    "Consent", "Edition", "Flag", "OwnQuestionnaire", "Question", "QuestionnaireVersion", "Request", "Response",
    "Review", "Score",
]  # fmt: skip


class QuestionnaireVersion(models.Model):
    """One compiled wording of a questionnaire; it never changes, so an old answer keeps its old question."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(max_length=60)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)  # SHA-256 of the definition: the same words are stored once
    definition = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "digest"], name="intake_one_version_per_wording")]

    def __str__(self) -> str:
        return f"{self.slug} {self.version}"


class Request(models.Model):
    """What one booking asks of its client: before the session, or at the check-in after it."""

    class Purpose(models.TextChoices):
        PRESESSION = "presession", "Before a session"
        CHECKIN = "checkin", "Check-in after a session"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="intake_requests")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="intake_requests")
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.PRESESSION)
    about = models.UUIDField()  # the booking's code; bookings are a floor above and write it down here
    needed_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    questionnaires = models.JSONField(default=list)
    # {"reasons", "called": [flags that called for a card at the last Continue], "signature"}
    sealed = models.BinaryField()
    saved_at = models.DateTimeField(null=True)  # the last answer
    sent_at = models.DateTimeField(null=True)  # signed, or the check-in sent
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "purpose"], name="intake_one_request_per_booking"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(saved_at__isnull=False), name="intake_nothing_sent_unanswered"
            ),
        ]
        indexes = [models.Index(fields=["client", "needed_at"], name="intake_request_by_client")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.code}"

    @property
    def is_open(self) -> bool:
        return self.sent_at is None and self.cancelled_at is None


class Response(models.Model):
    """A client's answers to one questionnaire: one sealed document."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Started"
        COMPLETED = "completed", "Sent"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="responses")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="responses")
    slug = models.SlugField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    sealed = models.BinaryField()  # see documents.Document
    saved_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "slug"], name="intake_one_response_per_part"),
            models.CheckConstraint(
                condition=Q(status="draft", completed_at__isnull=True)
                | Q(status="completed", completed_at__isnull=False),
                name="intake_completed_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["client", "slug", "completed_at"], name="intake_newest_response")]

    def __str__(self) -> str:
        return f"response {self.code}"


class Score(models.Model):
    """One score of a completed response; which one and how high is sealed."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="scores")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scores")
    number = models.PositiveSmallIntegerField()  # its place in the questionnaire
    scored_at = models.DateTimeField()
    sealed = models.BinaryField()  # {"id": "...", "value": "12.5"} with value null when too little was answered

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "number"], name="intake_one_score_per_place")]

    def __str__(self) -> str:
        return f"score {self.code}"


class Flag(models.Model):
    """Something an answer raised; only a person decides what follows."""

    class Severity(models.TextChoices):
        URGENT = "urgent", "Urgent"
        CONTACT = "contact", "Talk first"
        PRECAUTION = "precaution", "Precaution"
        NOTE = "note", "Note"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        WITHDRAWN = "withdrawn", "Taken back by the client"  # still waits for a person
        DECIDED = "decided", "Decided"
        CLEARED = "cleared", "Cleared"
        SUPERSEDED = "superseded", "Replaced by newer answers"

    WAITING_STATES = (State.OPEN, State.WITHDRAWN)
    WAITING_SEVERITIES = (Severity.URGENT, Severity.CONTACT)

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="flags")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="flags")
    severity = models.CharField(max_length=10, choices=Severity.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    raised_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)  # by when a person has looked
    owner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, null=True, related_name="+")
    owned_at = models.DateTimeField(null=True)  # since when it is this owner's
    taken_at = models.DateTimeField(null=True)  # acknowledged: somebody said that they see to it
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)  # the deadline passed, and a second person was told
    escalated_to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sealed = models.BinaryField()  # {"id", "source", "shown": [...], "decision", "reason", "seen"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["decided", "cleared"], decided_at__isnull=False, decided_by__isnull=False)
                | Q(state="superseded")
                | Q(state__in=["open", "withdrawn"], decided_at__isnull=True, decided_by__isnull=True),
                name="intake_only_a_person_decides",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "state", "severity"], name="intake_flags_waiting"),
            models.Index(
                fields=["deadline_at"],
                condition=Q(state__in=["open", "withdrawn"], severity__in=["urgent", "contact"]),
                name="intake_alerts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.severity} flag {self.code}"

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING_STATES and self.severity in self.WAITING_SEVERITIES


class Consent(models.Model):
    """One thing a client agreed to or declined, in the words they saw; a later answer withdraws the earlier."""

    class Kind(models.TextChoices):
        KEEP_ANSWERS = "keep_answers", "Keep my answers"
        SIGNATURE = "signature", "What was signed"
        TOUCH = "touch", "Touch, area by area"
        AFTERCARE = "aftercare", "Letters after a session"
        EMAIL_DETAIL = "email_detail", "Letters may name the area"

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    request = models.ForeignKey(Request, on_delete=models.SET_NULL, null=True, related_name="consents")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()  # {"text": [...], "answer": ..., "name": "..."}

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"], condition=Q(withdrawn_at__isnull=True), name="intake_one_live_consent"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="intake_given_before_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} consent {self.code}"


class Review(models.Model):
    """A practitioner has read what the client sent and signed it off."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.OneToOneField(Request, on_delete=models.CASCADE, related_name="review")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    sealed = models.BinaryField()  # {"note": "...", "adaptations": [flag ids that were ticked]}

    class Meta:
        ordering = ["-read_at"]

    def __str__(self) -> str:
        return f"review {self.code}"


class Question(models.Model):
    """Something a practitioner asks about what a client sent; the answer comes by link, into the same request."""

    code = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="questions")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # somebody read the answer
    sealed = models.BinaryField()  # {"text": "...", "answer": "..."}

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(answered_at__isnull=False), name="intake_seen_after_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.code}"
