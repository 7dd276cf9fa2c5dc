"""Tests of what follows a session."""
