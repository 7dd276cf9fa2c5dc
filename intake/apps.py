"""The intake app: what clients are asked before a session, and how it is read."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
