"""The settings as mypy's Django plugin reads them, with the environment of the tests."""

import tests.environment  # noqa: F401 (it sets what the settings require)
from clinic.settings import *  # noqa: F403
