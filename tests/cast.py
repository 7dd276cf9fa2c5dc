"""The people of the tests: the same few everywhere, so that a test says only what is special about it."""

from datetime import UTC, datetime

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
"""A Monday morning in winter: London keeps UTC, and no clock change is near."""
