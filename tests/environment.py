"""The environment that the tests run in, set before Django reads its settings.

pytest loads this module first (`-p tests.environment` in pyproject.toml): a database address that is set
in conftest.py would come too late, since pytest-django has read the settings by then.
"""

import base64
import os
import tempfile

TEST_KEY = base64.b64encode(b"only-for-tests-only-for-tests-00").decode()

os.environ.setdefault("SECRET_KEY", "only for tests")
os.environ.setdefault("DATA_KEYS", f"t1:{TEST_KEY}")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="practice-tests-"))
# A run that is given no database uses SQLite, even where the machine has a server.
os.environ.setdefault("DATABASE_URL", "")
