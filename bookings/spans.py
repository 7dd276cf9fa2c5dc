"""Half-open spans of minutes: merged, met, and turned into the starts that they forbid."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]

ALWAYS: Sequence[Span] = ((-(2**62), 2**62),)


def forbidden_starts(spans: Iterable[Span], before: int, after: int) -> list[Span]:
    """The starts that would meet these spans, for something that takes `before` and `after` round its start."""
    return [(since - after + 1, until + before) for since, until in spans if since < until]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same minutes as sorted spans that do not touch."""
    result: list[Span] = []
    begin, end = 0, -1  # nothing yet
    for since, until in sorted(spans):
        if since <= end and result:
            end = max(end, until)
            result[-1] = begin, end
        elif since < until:
            begin, end = since, until
            result.append((begin, end))
    return result


def common(ours: Sequence[Span], theirs: Sequence[Span]) -> list[Span]:
    """The minutes that lie in both; each side merged."""
    return merged((max(a, c), min(b, d)) for a, b in ours for c, d in theirs if max(a, c) < min(b, d))


def meets(since: int, until: int, spans: Iterable[Span]) -> bool:
    return any(since < end and until > start for start, end in spans)


def gaps(begin: int, end: int, blocks: Sequence[Span]) -> list[Span]:
    """What merged blocks leave of [begin, end)."""
    left = []
    at = max(0, bisect_right(blocks, (begin, begin)) - 1)
    while begin < end and at < len(blocks) and blocks[at][0] < end:
        since, until = blocks[at]
        if until > begin:
            if since > begin:
                left.append((begin, since))
            begin = until
        at += 1
    if begin < end:
        left.append((begin, end))
    return left
