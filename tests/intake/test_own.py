"""The practice's own questionnaires at the desk: taken in, previewed, edited, published, asked, retired."""

import json
import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import html5lib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import TimeMachineFixture

from intake import consents, documents, owning, relied, versions
from intake.compiling import DefinitionProblems, shipped
from intake.due import Sent, still_due
from intake.models import Edition, OwnQuestionnaire, Response
from intake.question_form import field_name
from tests import make
from tests.cast import NOW, clara, fay, olu, user_of
from tests.intake.answers import send
from tests.intake.fhir_forms import EVERY_TYPE, choice, item, resource, when

pytestmark = pytest.mark.django_db
LIST, ADD = "/desk/questionnaires/", "/desk/questionnaires/add/"
SLEEP = json.dumps(resource(choice("wake", "no", "yes"), item("note", "text"), id="sleep", title="Sleep"))


@pytest.fixture(autouse=True)
def _practice(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)
    make.practice()
    make.help_numbers()


@pytest.fixture
def owner(client: Browser) -> Browser:
    client.force_login(olu())
    return client


def taken_in(text: str = SLEEP) -> OwnQuestionnaire:
    return owning.take_in(text=text, by=olu(), now=NOW)


def published(text: str = SLEEP, **who: Any) -> OwnQuestionnaire:
    own = taken_in(text)
    owning.publish(own=own, by=olu(), now=NOW)
    own.refresh_from_db()
    owning.choose(own=own, **{"is_always": True, "reasons": [], "chip": "", **who}, by=olu(), now=NOW)
    return own


def at(own: OwnQuestionnaire, name: str = "", *more: int) -> str:
    return reverse("desk-questionnaire" + (f"-{name}" if name else ""), args=[own.code, *more])


# Who may


@pytest.mark.parametrize("who", ["practitioner", "front_desk"])
def test_only_the_owner_may_see_the_questionnaires(client: Browser, who: str) -> None:
    own = taken_in()
    client.force_login(user_of(clara()) if who == "practitioner" else fay())
    for address in (LIST, ADD, at(own), at(own, "preview", 1), at(own, "item", 0), at(own, "fhir")):
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def test_a_stranger_is_sent_to_sign_in(client: Browser) -> None:
    assert client.get(LIST).status_code == HTTPStatus.FOUND


# Taking in


def test_a_pasted_form_becomes_a_draft_that_nobody_is_asked(owner: Browser) -> None:
    answer = owner.post(ADD, {"text": SLEEP})
    own = OwnQuestionnaire.objects.get()
    assert answer.headers["Location"] == at(own)
    assert (own.title, own.is_asked) == ("Sleep", False)
    assert "Nobody is asked it" in owner.get(at(own)).content.decode()
    assert "sleep" not in make.intake_request().questionnaires


def test_a_file_is_read_in_memory(owner: Browser) -> None:
    yaml = 'slug: own\nversion: "1"\ntitle: Own\nitem: [{linkId: a, text: Ask, type: text}]\n'
    owner.post(ADD, {"file": SimpleUploadedFile("own.yaml", yaml.encode())})
    assert OwnQuestionnaire.objects.get().slug == "own"


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("x.yaml", b"\xff\xfe\x00"), "This file is not text."),
        (SimpleUploadedFile("x.yaml", b"a" * 1_000_001), "This file is too big."),
        (None, "Choose a file, or paste the questionnaire."),
    ],
)
def test_what_cannot_be_read_is_said(owner: Browser, upload: SimpleUploadedFile | None, words: str) -> None:
    page = owner.post(ADD, {"file": upload} if upload else {}).content.decode()
    assert words in page
    assert not OwnQuestionnaire.objects.exists()


def test_every_problem_is_shown_with_its_path_and_the_text_stays(owner: Browser) -> None:
    bad = json.dumps(resource(item("a", "attachment"), item("b", "choice"), item("c", repeats="true")))
    page = owner.post(ADD, {"text": bad}).content.decode()
    for words in (
        "item[a].type",
        "unsupported: attachment at item[a].type",
        "item[c].repeats",
        "must be true or false",
    ):
        assert words in page
    assert "&quot;linkId&quot;" in page
    assert not OwnQuestionnaire.objects.exists()


# Publishing


def test_a_published_form_is_asked_and_a_retired_one_no_more(owner: Browser) -> None:
    own = taken_in()
    owner.post(at(own, "act"), {"do": "publish"})
    owner.post(at(own), {"is_always": "on"})
    assert make.intake_request().questionnaires == ["general", "sleep"]
    owner.post(at(own, "act"), {"do": "retire"})
    assert make.intake_request().questionnaires == ["general"]
    owner.post(at(own, "act"), {"do": "resume"})
    assert make.intake_request().questionnaires == ["general", "sleep"]


def test_reasons_and_services_and_a_chip_of_its_own_ask_for_it(client: Browser) -> None:
    published(is_always=False, reasons=["jaw"], chip="Sleep")
    assert make.intake_request(reasons=["jaw"]).questionnaires == ["general", "jaw", "sleep"]
    assert make.intake_request(reasons=["back"]).questionnaires == ["general", "pelvic"]
    assert make.intake_request(reasons=["form-sleep"]).questionnaires == ["general", "sleep"]


def test_an_answer_keeps_the_words_that_it_was_given_to(owner: Browser) -> None:
    own = published()
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    token = make.intake_token(asked)
    owner.post(reverse("intake-page", args=[token, 2, 1]), {"wake": "yes"})
    owner.post(at(own, "item", 0), {"text": "Other words", "options": "no | No\nyes | Yes", "meaning": "same"})
    own.refresh_from_db()
    owning.publish(own=own, by=olu(), now=NOW)
    given = Response.objects.get(slug="sleep")
    assert versions.definition_of(given).item("wake").text == "Ask wake"
    assert versions.definition_in_use("sleep").item("wake").text == "Other words"
    assert [each.number for each in Edition.objects.all()] == [2, 1]


def test_nothing_new_is_published_twice(owner: Browser) -> None:
    own = published()
    owner.post(at(own, "act"), {"do": "publish"})
    assert own.editions.count() == 1


# A copy of a shipped form


def test_a_copy_is_asked_in_its_place_under_an_address_of_its_own(owner: Browser) -> None:
    owner.post(reverse("desk-questionnaire-copy", args=["jaw"]))
    own = OwnQuestionnaire.objects.get()
    assert versions.definition_in_use("jaw") == shipped()["jaw"]
    owner.post(at(own, "act"), {"do": "publish"})
    assert versions.definition_in_use("jaw").url.endswith("/questionnaires/jaw")
    owner.post(at(own, "act"), {"do": "retire"})
    assert versions.definition_in_use("jaw") == shipped()["jaw"]


def test_what_rules_use_cannot_be_removed_from_a_copy(owner: Browser) -> None:
    own = owning.fork(slug="general", by=olu(), now=NOW)
    links = list(owning.draft_of(own).by_id)
    page = owner.post(at(own, "move", links.index("gen_today")), {"do": "remove"}, follow=True).content.decode()
    assert "rules use this question, so it cannot be removed" in page
    edit = {"text": "x", "options": "a | A", "meaning": "same"}
    assert "rules may use this answer" in owner.post(at(own, "item", links.index("gen_today")), edit).content.decode()
    page = owner.get(at(own, "item", links.index("gen_today"))).content.decode()
    assert "Safety rules use this question." in page


@pytest.mark.parametrize("slug", sorted(shipped()))
def test_an_untouched_copy_misses_nothing(slug: str) -> None:
    assert list(relied.missing(slug, shipped()[slug])) == []


# Editing


def test_order_options_required_and_conditions_are_edited(owner: Browser) -> None:
    own = taken_in()
    owner.post(at(own, "move", 1), {"do": "up"})
    edit = {"text": "Do you wake?", "required": "on", "options": "no | Never\nyes | Yes\nSometimes", "meaning": "same"}
    owner.post(at(own, "item", 1), edit)
    only = {"conditions": "wake = yes\nwake = sometimes", "behavior": "any"}
    owner.post(at(own, "item", 0), {"text": "Why?", "meaning": "same", **only})
    own.refresh_from_db()
    note, wake = owning.draft_of(own).items
    assert [(each.code, each.text) for each in wake.options] == [
        ("no", "Never"),
        ("yes", "Yes"),
        ("sometimes", "Sometimes"),
    ]
    assert (wake.text, wake.required, note.enable_behavior) == ("Do you wake?", True, "any")
    assert [each.answer for each in note.enable_when] == ["yes", "sometimes"]
    assert own.notes == ["Uploaded.", "Moved up: Ask note", "Changed: Do you wake?", "Changed: Why?"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"conditions": "wake"}, "as a question, a sign and an answer"),
        ({"conditions": "nobody = 1"}, "There is no question or score with the id nobody."),
        ({"conditions": "wake exists maybe"}, "must be yes or no"),
        ({"conditions": "wake = perhaps"}, "wake has no answer perhaps"),
        ({"conditions": "note exists yes"}, "goes in a circle"),
    ],
)
def test_an_edit_that_cannot_work_changes_nothing(owner: Browser, typed: dict[str, str], words: str) -> None:
    own = taken_in()
    page = owner.post(at(own, "item", 1), {"text": "Note", "meaning": "same", **typed}).content.decode()
    assert words in page
    own.refresh_from_db()
    assert owning.draft_of(own).item("note").text == "Ask note"


def test_a_new_meaning_gets_a_new_id_and_conditions_follow(owner: Browser) -> None:
    own = taken_in(json.dumps(resource(
        choice("wake", "no", "yes"),
        item("why", enableWhen=[when("wake", "=", answerCoding={"system": "urn:x", "code": "yes"})]), id="sleep",
    )))  # fmt: skip
    page = owner.get(at(own, "item", 0)).content.decode()
    assert "A new meaning needs a new id." in page
    owner.post(at(own, "item", 0), {"text": "Do you snore?", "options": "no | No\nyes | Yes", "meaning": "other"})
    own.refresh_from_db()
    snore, why = owning.draft_of(own).items
    assert (snore.link_id, why.enable_when[0].question) == ("wake_2", "wake_2")


def test_a_question_is_added_with_an_id_of_its_own(owner: Browser) -> None:
    own = taken_in()
    page = owner.post(at(own, "item-add"), {"text": "Wake?", "kind": "multi"}).content.decode()
    assert "Write the answers to choose from." in page
    for kind in ("multi", "scale", "boolean", "string", "text", "integer", "date", "time", "choice"):
        owner.post(at(own, "item-add"), {"text": "Wake?", "kind": kind, "options": "One\nTwo"})
    own.refresh_from_db()
    definition = owning.draft_of(own)
    assert list(definition.by_id)[2:5] == ["wake_2", "wake_3", "wake_4"]
    assert len(definition.items) == 11


def test_an_older_version_is_readable_and_is_taken_up_again(owner: Browser) -> None:
    own = published()
    owner.post(at(own, "item", 1), {"text": "Newer words", "meaning": "same"})
    owner.post(at(own, "act"), {"do": "publish"})
    page = owner.get(at(own, "version", 1)).content.decode()
    assert "Ask note" in page
    assert "Newer words" not in page
    assert "Changed: Newer words" in owner.get(at(own)).content.decode()
    owner.post(at(own, "version", 1))
    own.refresh_from_db()
    assert owning.draft_of(own).item("note").text == "Ask note"
    assert own.notes == ["Version 1 taken up again."]


def test_a_refused_definition_says_so_to_the_service_too() -> None:
    with pytest.raises(DefinitionProblems):
        taken_in(json.dumps(resource()))


# As a client


def test_the_preview_is_walked_like_a_form_and_keeps_no_answer(owner: Browser) -> None:
    own = taken_in(json.dumps(resource(
        choice("wake", "no", "yes"), item("why", enableWhen=[when("wake", "=", answerCoding={"code": "yes"})]),
        item("end"), id="sleep",
    )))  # fmt: skip
    first = at(own, "preview", 1)
    assert "Ask wake" in owner.get(first).content.decode()
    assert "Ask why" in owner.post(first, {"wake": "yes"}, follow=True).content.decode()
    assert "Ask end" in owner.post(first, {"wake": "no"}, follow=True).content.decode()
    done = owner.post(at(own, "preview", 3), {"end": "x"}, follow=True).content.decode()
    assert "That was the last question." in done
    assert not Response.objects.exists()


def test_a_client_fills_in_every_type_of_a_foreign_form(client: Browser) -> None:
    published(json.dumps(resource(*EVERY_TYPE, id="every")))
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    token = make.intake_token(asked)
    pages: dict[int, dict[str, Any]] = {
        1: {field_name("words/1"): "two\nlines"},
        2: {"at.what.time": "10:30"},
        3: {
            **_trio(field_name("when did it start?"), 27, 3, 2026),
            f"{field_name('when did it start?')}__time": "09:15",
        },
        4: {field_name("how heavy"): "70.50", f"{field_name('how heavy')}__unit": "kg"},
        5: {field_name("what helps"): ["rest"], f"{field_name('what helps')}__other": "rest and tea"},
        6: {"exact": "1.50"},
        7: {"names": "one\ntwo\none"},
    }
    for number, posted in pages.items():
        address = reverse("intake-page", args=[token, 2, number])
        assert "a group" in client.get(address).content.decode()
        assert client.post(address, posted).status_code == HTTPStatus.FOUND, number
    given = documents.read(Response.objects.get(slug="every"))["answers"]
    assert given == {
        "words/1": "two\nlines", "at.what.time": "10:30:00", "when did it start?": "2026-03-27T09:15:00+00:00",
        "how heavy": "70.50 kg", "what helps": ["rest", {"other": "rest and tea"}], "exact": "1.50",
        "names": ["one", "two", "one"],
    }  # fmt: skip
    for number, posted in pages.items():  # and each page shows again what was typed
        shown = client.get(reverse("intake-page", args=[token, 2, number])).content.decode()
        for value in posted.values():
            for part in value if isinstance(value, list) else [value]:
                assert str(part).split("\n", maxsplit=1)[0] in shown


def test_a_group_is_filled_in_as_often_as_it_takes(client: Browser) -> None:
    published(json.dumps(resource(*EVERY_TYPE, id="every")))
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    token = make.intake_token(asked)
    address = reverse("intake-page", args=[token, 2, 8])
    name, still, until = (f"medicine__{{}}__{field_name(each)}" for each in ("name of it", "still", "until"))
    page = client.post(address, {still.format(0): "no"}).content.decode()
    assert "Write a few words here." in page
    again = client.post(address, {name.format(0): "Aspirin", still.format(0): "no", "again": "1"})
    assert again.headers["Location"].endswith(address)
    page = client.get(address).content.decode()
    assert until.format(0) in page  # asked now of the first, and not of the next
    assert until.format(1) not in page
    rows = {name.format(0): "Aspirin", still.format(0): "no", **_trio(until.format(0), "", 5, 2026)}
    client.post(address, {**rows, name.format(1): "Tea", still.format(1): "yes"})
    given = documents.read(Response.objects.get(slug="every"))["answers"]
    first = {"name of it": "Aspirin", "still": "no", "until": "2026-05"}
    assert given == {"medicine": [first, {"name of it": "Tea", "still": "yes"}]}
    page = client.get(reverse("intake-check", args=[token])).content.decode()
    assert "Aspirin" in page


def _trio(name: str, day: object, month: object, year: object) -> dict[str, str]:
    parts = zip(("day", "month", "year"), (day, month, year), strict=True)
    return {f"{name}_{part}": str(value) for part, value in parts}


# What is only shown


def test_a_value_that_nobody_changes_is_shown_and_never_counts_when_posted(client: Browser) -> None:
    shown = item("where", "string", text="Your room", readOnly=True, initial=[{"valueString": "The garden"}])
    secret = item("ours", "string", text="Secret", readOnly=True, initial=[{"valueString": "hidden words"}],
                  extension=[{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden",
                              "valueBoolean": True}])  # fmt: skip
    published(json.dumps(resource(shown, secret, item("note", "text"), id="sleep", title="Sleep")))
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    address = reverse("intake-page", args=[make.intake_token(asked), 2, 1])

    page = client.get(address).content.decode()
    client.post(address, {"note": "fine", "where": "elsewhere", "ours": "changed"})

    assert "Your room: The garden" in page
    assert "hidden words" not in page
    assert documents.read(Response.objects.get())["answers"] == {"note": "fine"}


def test_what_is_said_after_the_last_question_or_beside_one_that_does_not_apply_is_not_lost(client: Browser) -> None:
    never = [when("note", "=", answerString="never")]
    form = [
        item("note", "text"),
        item("between", "display", text="Words between"),
        item("more", "string", text="Only at times", enableWhen=never),
        item("last", "string", text="The last question"),
        item("bring", "display", text="Bring a towel"),
        item("where", "string", text="Your room", readOnly=True, initial=[{"valueString": "The garden"}]),
        item("unseen", "display", text="Not for you", enableWhen=never),
    ]
    published(json.dumps(resource(*form, id="sleep", title="Sleep")))
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    token = make.intake_token(asked)

    pages = [client.get(reverse("intake-page", args=[token, 2, number])).content.decode() for number in (1, 3)]
    paper = client.get(reverse("intake-paper", args=[token])).content.decode()

    assert ["Words between" in page for page in pages] == [False, True]
    assert ["Bring a towel" in page for page in pages] == [False, True]
    assert ["Your room: The garden" in page for page in pages] == [False, True]
    assert "Not for you" not in pages[1]
    assert pages[1].index("The last question") < pages[1].index("Bring a towel")
    assert "<strong>Your room:</strong> The garden" in paper
    assert "Bring a towel" in paper


# How often


def test_a_form_of_its_own_is_due_again_when_its_days_are_over() -> None:
    sent = {"sleep": Sent(NOW, 3)}
    for days, before, after in ((0, ["sleep"], ["sleep"]), (42, [], ["sleep"]), (36500, [], [])):
        own = {"sleep": days}
        assert still_due(own, sent, needed_at=NOW + timedelta(days=7)) == before
        assert still_due(own, sent, needed_at=NOW + timedelta(days=43)) == after
        assert still_due(own, {}, needed_at=NOW) == ["sleep"]


def test_whoever_sent_it_is_asked_again_only_when_the_owner_said(owner: Browser) -> None:
    own = published()
    chosen = {"is_always": "on", "reasons": [], "chip": "", "lasts_days": "42"}
    assert owner.post(at(own), chosen).status_code == HTTPStatus.FOUND
    send(make.intake_request())

    soon, later = (make.intake_request(about=uuid4(), needed_at=NOW + timedelta(days=days)) for days in (10, 60))

    assert "sleep" not in soon.questionnaires
    assert "sleep" in later.questionnaires
    assert 'value="42" checked' in re.sub(r" id=\S+", "", owner.get(at(own)).content.decode())


# Its pages


def pages_of(own: OwnQuestionnaire) -> list[str]:
    numbered = [at(own, "item", 0), at(own, "preview", 1), at(own, "version", 1)]
    return [LIST, ADD, at(own), at(own, "item-add"), *numbered]


def test_its_pages_are_strict_html_with_one_heading_even_where_something_is_wrong(owner: Browser) -> None:
    own = published()
    refused = owner.post(ADD, {"text": "{not: [a form"})
    wrong = owner.post(at(own, "item", 0), {"text": "", "conditions": "nonsense"})

    for answer in (*(owner.get(page) for page in pages_of(own)), refused, wrong):
        assert answer.status_code == HTTPStatus.OK
        html5lib.HTMLParser(strict=True).parse(answer.content.decode())
        assert answer.content.decode().count("<h1") == 1


def test_its_pages_take_as_many_queries_for_one_form_as_for_three(owner: Browser) -> None:
    own = published()
    counts: list[list[int]] = [[], []]
    for times in range(2):
        for page in pages_of(own):
            owner.get(page)
            with CaptureQueriesContext(connection) as queries:
                owner.get(page)
            counts[times].append(len(queries))
        for number in range(2):
            other = json.dumps(resource(choice(f"c{number}", "no", "yes"), id=f"other-{number}", title="Other"))
            published(other)
            owning.change(own=own, definition=owning.draft_of(own), note="Again", by=olu(), now=NOW)
            owning.publish(own=own, by=olu(), now=NOW)
    assert counts[0] == counts[1]


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_markup_in_words_is_only_ever_words(owner: Browser) -> None:
    """In a title, a question, its help, its answers, and in what a client and a practitioner write."""
    one = {**choice("c", "yes"), "text": MARKUP, "prefix": MARKUP}
    one["answerOption"][0]["valueCoding"]["display"] = MARKUP
    own = published(json.dumps(resource(one, item("t", "text", text=MARKUP), id="m", title=MARKUP, description=MARKUP)))
    asked = make.intake_request()
    consents.keep_answers(asked=asked, now=NOW)
    token = make.intake_token(asked)
    for number, posted in ((1, {"c": "yes"}), (2, {"t": MARKUP})):
        assert owner.post(reverse("intake-page", args=[token, 2, number]), posted).status_code == HTTPStatus.FOUND
    owner.force_login(user_of(clara()))
    desk = [reverse(f"desk-intake{name}", args=[asked.code]) for name in ("", "-paper-print", "-paper")]
    client = [reverse("intake-page", args=[token, 2, n]) for n in (1, 2)]
    client += [reverse(f"intake-{name}", args=[token]) for name in ("tasks", "check", "paper")]
    shown = [owner.get(page, follow=True) for page in (*desk, *client, reverse("desk-paper"))]
    owner.force_login(olu())
    shown += [owner.get(page) for page in pages_of(own)]

    for answer in shown:
        page = answer.content.decode()
        assert answer.status_code == HTTPStatus.OK
        assert "<script>alert" not in page, answer.request["PATH_INFO"]
        assert "<img src=x" not in page, answer.request["PATH_INFO"]
        html5lib.HTMLParser(strict=True).parse(page)
    assert sum("&lt;script&gt;" in answer.content.decode() for answer in shown) > 10
