"""What makes a letter hard to read or unkind: words we do not use, long sentences; and what no subject may tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clinic.outbox.phrases import TOKEN

# clinical.md 5.6 and 6.2: claims without evidence, and words that can frighten after trauma.
NEVER = (
    "toxin", "detox", "flush", "release", "trauma", "healing crisis", "good sign", "surrender", "let go", "trust me",
    "relax", "cure", "promise", "energy", "miracle",
)  # fmt: skip
# A lock screen and other people may show a subject.
PRIVATE = (
    "jaw", "mouth", "teeth", "pelvi", "hip", "belly", "back", "neck", "head", "spine", "psoas",
    "sacrum", "pain", "ache", "sore", "stress", "anxi", "depress", "pregnan", "period", "therap", "cranio",
    "treatment", "symptom", "trauma", "crisis", "score",
)  # fmt: skip
MOST_WORDS = 120
LONG_SENTENCE = 22
HIGHEST_GRADE = 7
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def warnings(text: str) -> list[str]:
    """What could be plainer or kinder; it is for the practice to decide."""
    plain = bare(text)
    found = [f"“{word}” is a word that we keep out of letters." for word in _used(NEVER, plain)]
    if "!" in plain:
        found.append("An exclamation mark can feel loud.")
    found += [
        f"A long sentence: “{_shortened(each)}”" for each in _sentences(plain) if len(_words(each)) > LONG_SENTENCE
    ]
    if len(_words(plain)) > MOST_WORDS:
        found.append(f"{len(_words(plain))} words. Under {MOST_WORDS} are read to the end.")
    if (reading := grade(plain)) > HIGHEST_GRADE:
        found.append(f"It reads like school year {reading:.0f}. Shorter words and sentences reach more people.")
    return found


def private_words(subject: str) -> list[str]:
    """Words in a subject that could tell somebody else about a person's health, each as it is written."""
    found = (re.search(rf"\b{word}\w*", bare(subject), re.IGNORECASE) for word in PRIVATE)
    return [each[0].lower() for each in found if each]


def bare(text: str) -> str:
    """The words alone, without placeholders and brackets."""
    return TOKEN.sub(lambda token: token["words"] or (" " if token["bar"] else ""), text)


def grade(text: str) -> float:
    """A plain estimate of the Flesch-Kincaid grade; 0 for next to no words."""
    words, sentences = _words(text), _sentences(text)
    if len(words) < 5:
        return 0.0
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _used(words: Iterable[str], text: str) -> list[str]:
    return [word for word in words if re.search(rf"\b{word}", text, re.IGNORECASE)]


def _sentences(text: str) -> list[str]:
    return [found.strip() for found in re.split(r"[.?:!\n]+", text) if WORD.search(found)]


def _words(text: str) -> list[str]:
    return WORD.findall(text)


def _shortened(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:8]) + (" …" if len(words) > 8 else "")


def _syllables(word: str) -> int:
    vowels = re.findall(r"[aeiouyáàâäéèêëíìîïóòôöúùûü]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(vowels) > 1
    return max(1, len(vowels) - silent)
