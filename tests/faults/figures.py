"""What the fault tests measured: each notes its figure, and the run prints them all in one table at its end."""

import os
from dataclasses import dataclass

FULL = os.environ.get("FAULTS") == "full"  # at the sizes that are promised; else small, in seconds


@dataclass(frozen=True)
class Figure:
    """One measurement; `control` is what the same run shows with the guard taken away."""

    what: str
    promised: str
    measured: str
    control: str = ""


FIGURES: list[Figure] = []


def is_quiet() -> bool:
    """Whether seconds mean anything just now: on a machine full of other work a promise of time is only printed."""
    return os.getloadavg()[0] < 2 * (os.cpu_count() or 1)


def load() -> str:
    return f"at a load of {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"


def note(what: str, *, promised: object, measured: object, control: object = "") -> None:
    FIGURES.append(Figure(what, str(promised), str(measured), str(control)))


def table() -> list[str]:
    rows = [Figure("fault", "promised", "measured", "without the guard"), *FIGURES]
    widths = [max(len(row.what) for row in rows), max(len(row.promised) for row in rows)]
    widths.append(max(len(row.measured) for row in rows))
    return [
        f"{row.what:<{widths[0]}}  {row.promised:<{widths[1]}}  {row.measured:<{widths[2]}}  {row.control}".rstrip()
        for row in rows
    ]
