"""What a client's answers mean: each form evaluated in its context, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from clinic.people import profile
from clinic.people.models import Client, Practice
from intake import documents, rules, versions
from intake.access import newest_completed, newest_of
from intake.definition import IN_PERSON, SKIP, Answer, Definition
from intake.evaluation import Context, Raised, Result, evaluate
from intake.models import Request, Response
from intake.reasons import NEWS

BASELINE_FORM = "general"
BASELINE_WORDS = ("gen_goal", "gen_activity")
BASELINE_SCORE = "gen_profile"
EXPECTING = ("maybe", "t1", "t2", "t3", "birth6")  # answers to gen_pregnancy that do not stay true


@dataclass(frozen=True)
class Reading:
    """One opened response: its questions, its answers and what they mean."""

    response: Response
    definition: Definition
    document: dict[str, Any]
    result: Result

    @property
    def answers(self) -> Mapping[str, Answer]:
        answers: Mapping[str, Answer] = self.document["answers"]
        return answers

    @property
    def counted(self) -> dict[str, Answer]:
        """The answers that count: those to questions that apply."""
        kept = {link_id: answer for link_id, answer in self.answers.items() if link_id in self.result.enabled}
        return kept | {group: self._kept(group) for group in kept if group in self.result.rows}

    def _kept(self, group: str) -> list[dict[str, Answer]]:
        """Of each row of a group what applies there."""
        rows = self.result.rows[group]
        return [{name: row.given[name] for name in row.given if name in row.enabled} for row in rows]

    @property
    def raised(self) -> list[Raised]:
        """The flags of these answers. "Tell you in person" raises what "rather not say" would: it is as open."""
        told = [link_id for link_id, answer in self.counted.items() if answer == IN_PERSON]
        skips = [(link_id, self.definition.item(link_id).option(SKIP)) for link_id in told]
        later = [Raised(flag, f"{link_id}={IN_PERSON}") for link_id, option in skips if option for flag in option.flags]
        return [*self.result.flags, *later]


@dataclass(frozen=True)
class Around:
    """What is known of a client beside the answers, looked up once for all the forms of a page."""

    today: date
    age: int | None
    settings: Mapping[str, bool]


def local_date(client: Client, now: datetime) -> date:
    """The date where the client is."""
    return now.astimezone(ZoneInfo(client.timezone)).date()


def around(client: Client, *, now: datetime) -> Around:
    """What holds for this client now."""
    today = local_date(client, now)
    return Around(today, _age(client, today), {"ask_self_harm": Practice.objects.the().ask_self_harm})


def baseline(client: Client, known: Around) -> dict[str, Answer]:
    """The client's own words and score from the newest health form, which a check-in is measured against."""
    response = newest_completed(client).get(BASELINE_FORM)
    if response is None:
        return {}
    earlier = read(response, known)
    words = {link_id: earlier.counted.get(link_id) for link_id in BASELINE_WORDS}
    score = earlier.result.exact.get(BASELINE_SCORE)
    return {**words, BASELINE_SCORE: None if score is None else str(score)}


def latest_answers(client: Client) -> dict[str, Answer]:
    """The newest answer that was sent to each question, whichever form asked it."""
    return {
        link_id: answer
        for response in newest_completed(client).values()
        for link_id, answer in documents.read(response)["answers"].items()
    }


def read(response: Response, known: Around) -> Reading:
    """A stored response, opened and evaluated."""
    return reading(response, versions.definition_of(response), documents.read(response), known)


def reading(response: Response, definition: Definition, document: dict[str, Any], known: Around) -> Reading:
    """A response with this document, evaluated; what was sent keeps the settings that held then."""
    settings = document["settings"] if response.completed_at else known.settings
    document = {**document, "settings": settings}
    return Reading(response, definition, document, evaluate(definition, document["answers"], context(document, known)))


def context(document: Mapping[str, Any], known: Around) -> Context:
    """What the evaluator may know beside the answers of this document."""
    numbers = _numbers(document["baseline"])
    return Context(today=known.today, age=known.age, baseline=numbers, settings=document["settings"])


def opened(
    asked: Request, *, now: datetime, slugs: Sequence[str] | None = None, known: Around | None = None
) -> dict[str, Reading]:
    """A reading of each questionnaire of a request (or of these); empty and unsaved where none was begun."""
    known = known or around(asked.client, now=now)
    begun = _begun(asked)
    wanted = asked.questionnaires if slugs is None else slugs
    return {slug: read(begun[slug], known) if slug in begun else _blank(asked, slug, known, now) for slug in wanted}


def drafts(
    asked: Request, slug: str, *, known: Around, now: datetime
) -> tuple[dict[str, Reading], dict[str, Response]]:
    """A reading of each questionnaire of a request that was begun, and of this one even where it was not.

    And the newest of what the client sent before, found with the same query.
    """
    theirs = Response.objects.filter(Q(request=asked) | Q(status=Response.Status.COMPLETED), client=asked.client)
    found = list(theirs.select_related("request").order_by("completed_at"))
    for response in found:
        response.client = asked.client  # the same for all; a join would read it again with each
    begun = {response.slug: response for response in found if response.request_id == asked.code}
    wanted = [each for each in asked.questionnaires if each in begun or each == slug]
    own = {each: read(begun[each], known) if each in begun else _blank(asked, each, known, now) for each in wanted}
    return own, newest_of(response for response in found if response.completed_at)


def readings(asked: Request, *, now: datetime) -> dict[str, Reading]:
    """Every stored response to this request, by questionnaire, in the order of asking."""
    known, begun = around(asked.client, now=now), _begun(asked)
    return {slug: read(begun[slug], known) for slug in asked.questionnaires if slug in begun}


def _begun(asked: Request) -> dict[str, Response]:
    begun = {response.slug: response for response in asked.responses.all()}
    for response in begun.values():
        response.client = asked.client
    return begun


def _blank(asked: Request, slug: str, known: Around, now: datetime) -> Reading:
    response = Response(request=asked, client=asked.client, slug=slug, saved_at=now)
    measured = baseline(asked.client, known) if asked.purpose == Request.Purpose.CHECKIN else {}
    if slug == NEWS:
        measured = {"news_expecting": latest_answers(asked.client).get("gen_pregnancy") in EXPECTING}
    document: dict[str, Any] = {"answers": {}, "shown": [], "reached": 0, "baseline": measured}
    return reading(response, versions.definition_in_use(slug), document, known)


def everything(
    client: Client,
    own: Mapping[str, Reading],
    latest: Reading,
    *,
    now: datetime,
    known: Around | None = None,
    sent: Mapping[str, Response] | None = None,
) -> list[tuple[Response, Raised]]:
    """Each flag with the response it stands in; what several forms raise together stands in the latest."""
    alone = [(reading.response, each) for reading in own.values() for each in reading.raised]
    several = [*rules.cross(facts(client, own, now=now, known=known, sent=sent)), *wishes(client)]
    return alone + [(latest.response, each) for each in several]


def wishes(client: Client) -> list[Raised]:
    """What the profile page raises: wishes for comfort are pinned where the session is planned."""
    return [Raised("p_comfort_wishes", "profile comfort wishes")] if profile.read(client).get("comfort") else []


def facts(
    client: Client, own: Mapping[str, Reading], *, now: datetime, known: Around | None = None,
    sent: Mapping[str, Response] | None = None,
) -> rules.ClinicalFacts:  # fmt: skip
    """Everything known of a client: of each form what is being answered, else what was sent last."""
    known = known or around(client, now=now)
    begun = {slug: reading for slug, reading in own.items() if reading.answers}
    newest_sent = newest_completed(client) if sent is None else sent
    older = {slug: response for slug, response in newest_sent.items() if slug not in begun}
    newest = [*(read(response, known) for response in older.values()), *begun.values()]
    complete = [each for each in newest if each.response.completed_at]
    return rules.ClinicalFacts(
        today=known.today,
        age=known.age,
        answers={link_id: answer for each in newest for link_id, answer in each.counted.items()},
        flags=frozenset(
            raised.flag for each, later in _with_later(newest) for raised in each.raised if not _is_old(raised, later)
        ),
        scores={score: value for each in newest for score, value in each.result.scores.items()},
        asked=frozenset(link_id for each in complete for link_id in each.result.enabled),
    )


def _with_later(newest: Sequence[Reading]) -> Iterator[tuple[Reading, set[str]]]:
    """Each reading with the questions that later ones asked again."""
    for number, reading in enumerate(newest):
        yield reading, {link_id for later in newest[number + 1 :] for link_id in later.result.enabled}


def _is_old(raised: Raised, asked_again: set[str]) -> bool:
    return raised.source.partition("=")[0] in asked_again


def _age(client: Client, today: date) -> int | None:
    birth = profile.read(client).get("birth_date")
    return profile.age_on(date.fromisoformat(birth), today) if birth else None


def _numbers(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """The baseline as the evaluator wants it: its score a number again."""
    score = stored.get(BASELINE_SCORE)
    return {**stored, BASELINE_SCORE: Decimal(score)} if score is not None else dict(stored)
