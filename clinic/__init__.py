"""The ground floor: settings, addresses, the Celery app, and the rooms `people` and `outbox`."""
