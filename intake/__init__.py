"""Questionnaires, what clients answer, and what the answers mean for a session."""
