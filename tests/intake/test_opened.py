"""What a raised flag came from, in words."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from intake.definition import Score
from intake.opened import _because


def test_a_score_says_its_scale_and_which_end_is_worse() -> None:
    score = Score(id="chk_profile", label="Personal profile", highest=Decimal(10))
    definition = SimpleNamespace(scores_by_id={score.id: score}, by_id={})
    reading: Any = SimpleNamespace(
        definition=definition, result=SimpleNamespace(scores={score.id: Decimal("8.96")}), answers={}
    )

    assert _because("score chk_profile change >= 2", reading) == (
        "Personal profile",
        "9.0 (0 to 10, higher is worse), clearly worse than before",
    )
