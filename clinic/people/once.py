"""Asking the database the same thing only once while one letter is prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Asks = ParamSpec("Asks")
Answer = TypeVar("Answer")
_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers so far", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """Within this, what is marked `once` keeps its first answers; they end with it, so none is ever older than it.

    Open it inside of the transaction whose reads it shortens.
    """
    before = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(before)


def once(ask: Callable[Asks, Answer]) -> Callable[Asks, Answer]:
    """Answer the same question from the first answer within `asking_once`; everywhere else it is asked anew."""

    @wraps(ask)
    def answer(*args: Asks.args, **kwargs: Asks.kwargs) -> Answer:
        answers = _answers.get()
        if answers is None:
            return ask(*args, **kwargs)
        question = (ask, args, *kwargs.items())
        if question not in answers:
            answers[question] = ask(*args, **kwargs)
        found: Answer = answers[question]
        return found

    return answer
