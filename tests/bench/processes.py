"""What a site's processes use, from /proc: a clock on the wall says more about the neighbours than about them."""

from __future__ import annotations

from pathlib import Path

from clinic.bootstrap.processes import Running

KB = 1024


def family(running: Running) -> list[int]:
    """A process and everything that it started."""
    parents = {int(each.parent.name): _parent(each) for each in Path("/proc").glob("[0-9]*/stat")}
    found = [running.process.pid]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_ms(running: Running) -> float:
    """Milliseconds that its threads have run so far."""
    tasks = [task for pid in family(running) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(each.read_text().split()[0]) for each in tasks) / 1e6


def memory_mb(running: Running) -> tuple[float, float]:
    """(resident, its part of what is shared counted once) of a process and everything that it started."""
    sizes = [_sizes(pid) for pid in family(running)]
    return sum(each["Rss"] for each in sizes) / KB, sum(each["Pss"] for each in sizes) / KB


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has just ended
        return 0


def _sizes(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(words.split()[0]) for name, _, words in (line.partition(":") for line in lines)}
