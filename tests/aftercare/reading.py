"""A plain estimate of the Flesch-Kincaid grade, for texts that people read in pain."""

import re


def grade(text: str) -> float:
    sentences = [found for found in re.split(r"[.?:!\n]+", text) if re.search(r"[a-zA-Z]", found)]
    words = re.findall(r"[a-zA-Z']+", text)
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    vowels = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(vowels) > 1
    return max(1, len(vowels) - silent)
