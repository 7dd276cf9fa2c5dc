"""Answers at random, as the agreed content allows them."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from intake.definition import NOWHERE
from tests.intake.content import AGREED, options


def any_answer(item: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Any answer that this question takes."""
    kind = item["type"]
    codes = list(options(item)) + (["in_person"] if "skip" in options(item) else [])
    if kind == "choice":
        return st.sampled_from(codes)
    if kind == "multi":
        alone = [code for code, option in options(item).items() if option.get("exclusive")]
        several = st.lists(st.sampled_from([code for code in codes if code not in alone]), min_size=1, unique=True)
        return several | st.sampled_from([[code] for code in alone])
    if kind == "body_map":
        regions = AGREED["regions"][item["regions"]]
        return st.lists(st.sampled_from(regions), min_size=1, max_size=5, unique=True) | st.just([NOWHERE])
    known = {"scale": st.integers(0, 10), "boolean": st.booleans(), "date": st.dates().map(date.isoformat)}
    return known.get(kind, st.text("abc ", max_size=20).map(str.strip))


BASELINES = st.fixed_dictionaries(
    {},
    optional={
        "gen_profile": st.none() | st.decimals(0, 10, places=1),
        "gen_activity": st.sampled_from([None, "", "walk to the sea"]),
    },
).map(lambda known: known if "gen_activity" in known else {**known, "gen_activity": None})
