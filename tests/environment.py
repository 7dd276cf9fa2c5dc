"""The environment that the tests run in, set before Django reads its settings.

pytest loads this module first (`-p tests.environment` in pyproject.toml): a value that is set in conftest.py
would come too late, since pytest-django has read the settings by then.
"""

import base64
import json
import os
import tempfile

FOR_TESTS = "only for tests only for tests 00"

os.environ.setdefault("SECRET_KEY", FOR_TESTS)
os.environ.setdefault("DATA_KEYS", json.dumps({"t1": base64.b64encode(FOR_TESTS.encode()).decode()}))
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("MAIL_EVENTS_FROM", "mailgun,postmark")
os.environ.setdefault("ANYMAIL_WEBHOOK_SECRET", "provider:only-for-tests-only-for-tests")
os.environ.setdefault("MAILGUN_WEBHOOK_SIGNING_KEY", FOR_TESTS)
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="practice-tests-"))
# Whitenoise warns about a folder of collected files that is not there; from source there is nothing to collect.
os.makedirs(os.path.join(os.environ["DATA_DIR"], "static"), exist_ok=True)
