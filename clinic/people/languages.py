"""The languages that letters may be written in, each by its own name."""

from __future__ import annotations

from django.utils.translation import get_language_info

CODES = (
    "en", "cy", "ga", "ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fa", "fi", "fr", "gl", "he", "hi",
    "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv",
    "tr", "uk", "vi", "zh-hans", "zh-hant",
)  # fmt: skip
ENGLISH = {"en-GB": "English (United Kingdom)", "en-US": "English (United States)"}


def name(code: str) -> str:
    """Français for fr; the code where it is unknown."""
    return dict(choices()).get(code, code)


def direction(code: str) -> str:
    """Which way it is written: ltr or rtl."""
    is_from_right = code in CODES and get_language_info(code)["bidi"]
    return "rtl" if is_from_right else "ltr"


def choices() -> list[tuple[str, str]]:
    """(code, name) in the order of the names."""
    others = [(code, str(get_language_info(code)["name_local"]).capitalize()) for code in CODES]
    return sorted([*ENGLISH.items(), *others], key=lambda choice: choice[1].casefold())
