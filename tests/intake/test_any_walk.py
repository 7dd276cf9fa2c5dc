"""Any walk through any form: pages in any order, back steps, answers taken back, and values that nobody asked for."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake import paging
from intake.compiling import shipped
from intake.definition import Definition
from intake.evaluation import Context, Result, evaluate
from tests.intake import naive
from tests.intake.anything import BASELINES, any_answer
from tests.intake.content import FORMS

TODAY = date(2026, 11, 25)
SIGNED = ("consent_info", "consent_stop", "consent_data", "consent_emails", "consent_email_detail")


def look(definition: Definition, draft: dict[str, Any], baseline: dict[str, Any], asks: bool) -> Result:
    context = Context(today=TODAY, baseline=baseline, settings={"ask_self_harm": asks})
    return evaluate(definition, draft, context)


@pytest.mark.parametrize("form", sorted(FORMS))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_way_a_client_goes_the_meaning_is_that_of_the_draft(form: str, data: st.DataObject) -> None:
    definition, agreed = shipped()[form], {item["id"]: item for item in FORMS[form]["items"]}
    baseline, asks = data.draw(BASELINES), data.draw(st.booleans())
    draft: dict[str, Any] = {}
    for number in data.draw(st.lists(st.integers(1, len(paging.split(definition))), min_size=1, max_size=12)):
        enabled = look(definition, draft, baseline, asks).enabled
        for item in paging.split(definition)[number - 1].shown(enabled):
            answer = data.draw(st.none() | any_answer(agreed[item.link_id]))
            draft = {name: given for name, given in {**draft, item.link_id: answer}.items() if given is not None}
        check(form, draft, baseline, asks)
    hidden = [item.link_id for item in definition.walk() if not item.is_asked and item.control != "consent"]
    nobody_asked = dict.fromkeys([*hidden, *(score.id for score in definition.scores)], 99)
    forged = look(definition, {**draft, **nobody_asked}, baseline, asks)
    honest = look(definition, draft, baseline, asks)
    assert (forged.enabled, forged.flags, forged.exact) == (honest.enabled, honest.flags, honest.exact)


def check(form: str, draft: dict[str, Any], baseline: dict[str, Any], asks: bool) -> None:
    """The evaluator and the oracle agree, after every single page."""
    found = look(shipped()[form], draft, baseline, asks)
    visible = naive.shown(form, draft, baseline, asks_self_harm=asks)
    assert set(found.enabled) - set(SIGNED) == visible
    assert set(found.flag_ids) == naive.flags(form, draft, visible, baseline)
    for name, value in naive.scores(form, draft, visible).items():
        exact = found.exact[name]
        wanted = None if value is None else Decimal(value.numerator) / value.denominator
        assert (exact is None) == (wanted is None)
        assert exact is None or wanted is None or abs(exact - wanted) < Decimal("1e-20")
