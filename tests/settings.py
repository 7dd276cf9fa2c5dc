"""The settings as the tests and mypy read them: the product's own, in the environment of the tests."""

import tests.environment  # noqa: F401 - sets what the settings ask for
from clinic.settings import *  # noqa: F403
