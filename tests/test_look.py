"""The one stylesheet: its colours are readable in both schemes, and it stays small."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "clinic" / "static"
CSS = (STATIC / "app.css").read_text()

# Body text, other text, edges of controls.
PAIRS = [
    *((7.0, "ink", ground) for ground in ("bg", "surface", "sunken", "primary-soft", "accent-soft")),
    *((7.0, "ink", f"{tone}-soft") for tone in ("ok", "warn", "danger")),
    *((4.5, "ink-2", ground) for ground in ("bg", "surface", "sunken")),
    *((4.5, "primary", ground) for ground in ("bg", "surface", "sunken", "primary-soft")),
    *((4.5, "visited", ground) for ground in ("bg", "surface")),
    *((4.5, tone, ground) for tone in ("danger", "accent") for ground in ("bg", "surface")),
    *((4.5, tone, f"{tone}-soft") for tone in ("ok", "warn", "danger", "accent")),
    (4.5, "ok", "bg"),
    (4.5, "warn", "bg"),
    (4.5, "on-primary", "primary"),
    (4.5, "on-primary", "primary-hover"),
    (3.0, "control", "bg"),
    (3.0, "control", "surface"),
    (3.0, "accent", "sunken"),
]


def scheme(name: str) -> dict[str, str]:
    """The tokens of the light or the dark scheme, as the stylesheet defines them."""
    light, dark = re.findall(r":root\{([^}]*)\}", CSS)
    return dict(re.findall(r"--([\w-]+):(#[0-9A-F]{6})", {"light": light, "dark": dark}[name]))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("floor", "ink", "ground"), PAIRS)
def test_the_pair_is_readable(name: str, floor: float, ink: str, ground: str) -> None:
    tokens = scheme(name)
    assert contrast(tokens[ink], tokens[ground]) >= floor


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface", "sunken", "primary", "primary-soft", "danger-soft"])
def test_the_focus_ring_or_its_halo_stands_out(name: str, ground: str) -> None:
    tokens = scheme(name)
    assert max(contrast(tokens[ring], tokens[ground]) for ring in ("focus", "focus-halo")) >= 3


def test_both_schemes_have_the_same_tokens() -> None:
    assert scheme("light").keys() == scheme("dark").keys()


def test_every_token_that_is_used_exists() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used <= scheme("light").keys()


def test_colours_come_from_tokens_alone() -> None:
    rules = CSS.split("/* frame */")[0].split("*,*::before")[1] + CSS.split("/* frame */")[1]
    assert set(re.findall(r"#[0-9a-fA-F]{3,6}\b", rules)) <= {"#fff", "#000"}  # paper and ink of a print


def test_the_stylesheet_stays_small() -> None:
    assert len(CSS) < 17_500
    assert len(gzip.compress(CSS.encode())) < 5_000


@pytest.mark.parametrize("script", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_are_small_and_load_nothing(script: Path) -> None:
    text = script.read_text()
    assert len(text) < 3_000
    assert not re.search(r"https?://|\bimport\b|innerHTML|eval\(", text)
