"""How questionnaires fall into pages."""

import pytest

from intake import paging
from intake.compiling import shipped
from intake.reasons import CHECKIN, ORDER

FORMS = [*ORDER, CHECKIN]


@pytest.mark.parametrize("slug", FORMS)
def test_every_question_stands_on_exactly_one_page(slug: str) -> None:
    definition = shipped()[slug]
    signed = {"consent_info", "consent_stop", "consent_data", "consent_emails", "consent_email_detail"}
    asked = [item.link_id for item in definition.by_id.values() if item.is_asked and item.link_id not in signed]

    for pages in (paging.split(definition), paging.brief(definition)):
        assert [item.link_id for page in pages for item in page.items] == asked
        assert [page.number for page in pages] == list(range(1, len(pages) + 1))


@pytest.mark.parametrize("slug", ORDER)
def test_a_page_asks_one_thing_or_rows_of_one_stem(slug: str) -> None:
    for page in paging.split(shipped()[slug]):
        assert len(page.items) <= paging.ROWS
        alike, together = {item.stem for item in page.items}, {item.page for item in page.items}
        assert len(page.items) == 1 or (alike == {page.stem} and together == {""}) or "" not in together


@pytest.mark.parametrize("slug", FORMS)
def test_questions_of_one_page_never_open_or_close_each_other(slug: str) -> None:
    """Without JavaScript a page is answered as a whole."""
    for page in paging.split(shipped()[slug]):
        here = {item.link_id for item in page.items}
        assert not {condition.question for item in page.items for condition in item.enable_when} & here


@pytest.mark.parametrize("slug", FORMS)
def test_the_list_of_signs_stands_alone_on_its_page(slug: str) -> None:
    """What shows whom to call at once is never one list among others."""
    for page in paging.split(shipped()[slug]):
        signs = [item for item in page.items if any(flag.startswith("u_") for o in item.options for flag in o.flags)]
        assert not signs or len(page.items) == 1 or page.items[0].link_id in ("jaw_noise", "str_safe")


def test_a_page_of_one_question_that_applies_is_headed_by_that_question() -> None:
    pages = paging.split(shipped()["general"])
    second = next(page for page in pages if page.items[0].link_id == "gen_activity_level")

    assert second.heading(second.shown({"gen_activity_level", "gen_wellbeing"})) == "How the last 7 days were"
    assert second.heading(second.shown({"gen_wellbeing"})) == ""


def test_a_check_in_begins_with_three_taps() -> None:
    pages = paging.brief(shipped()[CHECKIN])

    assert [page.items[0].link_id for page in pages] == ["chk_concern", "chk_sore", "chk_sore_trend"]


def test_pages_with_nothing_to_ask_are_passed_over() -> None:
    pages = paging.split(shipped()["general"])
    enabled = {"gen_goal", "gen_wellbeing", "gen_today"}

    first, wellbeing = pages[0], paging.following(pages, 1, enabled)

    assert wellbeing is not None
    assert [item.link_id for item in wellbeing.shown(enabled)] == ["gen_wellbeing"]
    assert paging.preceding(pages, wellbeing.number, enabled) == first
    assert paging.preceding(pages, 1, enabled) is None
    assert paging.place(pages, wellbeing.number, enabled) == (2, 3)
    assert paging.following(pages, 99, enabled) is None
