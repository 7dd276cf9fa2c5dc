"""Scores over time as a picture and a table: every value in both, nothing invented."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from intake.trend import EDGE, HEIGHT, WIDTH, Course, Point, trend
from tests.cast import NOW

moments = st.integers(0, 1000).map(lambda hours: NOW + timedelta(hours=hours))
values = st.decimals(0, 100, places=1)


def course(*found: tuple[int, str], label: str = "Pain level") -> Course:
    points = [Point(NOW + timedelta(days=day), Decimal(value)) for day, value in found]
    return Course(label, Decimal(0), Decimal(100), points)


def test_one_value_is_no_trend() -> None:
    assert trend({"jaw": course((0, "20"))}, [NOW]) is None
    assert trend({}, []) is None


def test_values_and_sessions_stand_on_one_time_line_newest_first() -> None:
    found = trend({"jaw": course((0, "20"), (20, "10.5"))}, [NOW + timedelta(days=10)])

    assert found is not None
    assert [(row.at - NOW).days for row in found.rows] == [20, 10, 0]
    assert [row.is_session for row in found.rows] == [False, True, False]
    assert [row.cells for row in found.rows] == [[("Pain level", "10.5")], [("Pain level", "")], [("Pain level", "20")]]


def test_the_picture_says_in_words_what_it_shows() -> None:
    found = trend({"jaw": course((0, "20"), (20, "10.5"))}, [NOW + timedelta(days=10)])

    assert found is not None
    [chart] = found.charts
    assert chart.words == "Pain level: 20, then 10.5, on a scale from 0 to 100"
    assert chart.sessions == [WIDTH / 2]
    assert chart.dots[0].y < chart.dots[1].y  # higher is worse, and stands higher


@given(st.lists(st.tuples(moments, values), min_size=2, max_size=12, unique_by=lambda pair: pair[0]), st.lists(moments))
def test_everything_lies_inside_the_picture_in_order(
    found: list[tuple[datetime, Decimal]], held: list[datetime]
) -> None:
    points = [Point(*pair) for pair in sorted(found)]

    made = trend({"x": Course("Any", Decimal(0), Decimal(100), points)}, held)

    assert made is not None
    [chart] = made.charts
    assert len(chart.dots) == len(points)
    assert all(EDGE <= dot.x <= WIDTH - EDGE and EDGE <= dot.y <= HEIGHT - EDGE for dot in chart.dots)
    assert all(first.x <= second.x for first, second in pairwise(chart.dots))
    assert sorted(value for row in made.rows for _, value in row.cells if value) == sorted(str(p.value) for p in points)
