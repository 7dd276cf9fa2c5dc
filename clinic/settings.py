"""Every setting, in one file, read from the environment; `docs/operating.md` explains each name."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from clinic import keyfile

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str, how: str) -> str:
    """The variable's value, or a refusal to start that says what to set."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {how}")
    return value


# --- what kind of installation this is --------------------------------------------------------------------------
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
HERE = "http://127.0.0.1:8000"
if keyfile.is_this_machine(env.str("SITE_URL", default=HERE)) and not {"SECRET_KEY", "DATA_KEYS"} <= os.environ.keys():
    # On one's own machine nothing needs to be set: keys are made once and kept beside the data.
    for name, value in keyfile.keep(DATA_DIR).items():
        os.environ.setdefault(name, value)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # the demo practice: one-press sign-in, a clock that can be moved
SITE_URL = env.str("SITE_URL", default=HERE).rstrip("/")
# Where "Leave this page" leads from pages with private questions: somewhere that says nothing about them.
LEAVE_URL = env.str("LEAVE_URL", default="https://www.bbc.co.uk/weather")
# Where the fonts of PDFs are looked for (DejaVuSans.ttf and its bold), and more fonts for letters that those lack.
PDF_FONTS = env.list(
    "PDF_FONTS",
    default=["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts", "/usr/share/fonts/TTF"],
)
PDF_MORE_FONTS = env.list("PDF_MORE_FONTS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
IS_HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
if DEMO and not keyfile.is_this_machine(SITE_URL):
    raise ImproperlyConfigured("The demo signs anyone in. Unset DEMO, or set SITE_URL to this machine's own address.")
if DEBUG and not keyfile.is_this_machine(SITE_URL):
    raise ImproperlyConfigured("DEBUG shows secrets to visitors. Unset it, or set SITE_URL to this machine's address.")

# --- secrets ----------------------------------------------------------------------------------------------------
SECRET_KEY = required("SECRET_KEY", "Set it to 50 random characters.")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is too short. Set it to 50 random characters.")
# {"id": "base64 of 32 random bytes", …}: the first key seals, all of them open.
try:
    DATA_KEYS = keyfile.ring(required("DATA_KEYS", 'Set it to JSON such as {"k1": "<base64 of 32 random bytes>"}.'))
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from None

# --- the house --------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "django_htmx",
    "clinic.people",
    "clinic.outbox",
    "intake",
    "bookings",
    "aftercare",
    "reception",
]
MIDDLEWARE = [
    "clinic.people.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads its answers, so their length tells nothing about a secret in them
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.people.middleware.privacy_headers",
    "clinic.people.middleware.no_null_bytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.people.middleware.busy_page",
]
ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.people.context.practice",
                "intake.context.open_alerts",
            ],
            # Every {% csrf_token %} also writes the form's own key, so that no form that changes something lacks one.
            "builtins": ["clinic.people.templatetags.posting"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "calm"
CRISPY_TEMPLATE_PACK = "calm"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- database ---------------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # DEFERRED refuses people under load: the busy timeout is not honoured
        # How long to wait for whoever writes just now; the web waits less (clinic/wsgi.py).
        "timeout": env.float("SQLITE_WAIT_SECONDS", default=20),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # Opening and closing the file costs more than most answers; the last to close it folds the whole log into it.
    DATABASES["default"]["CONN_MAX_AGE"] = 60
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Statements bind on the server, so that each connection keeps their plans after five runs.
    DATABASES["default"].setdefault("OPTIONS", {}).update(prepare_threshold=5, server_side_binding=True)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"  # stored and computed in UTC; pages name the zone they show

# --- static files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "clinic" / "static"]
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", default=True)  # the image sets it off after collectstatic
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is ever uploaded to disk
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- mail -------------------------------------------------------------------------------------------------------
MAIL_FOLDER = DATA_DIR / "mail"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_FOLDER)
EMAIL_TIMEOUT = env.float("SMTP_SECONDS", default=30)  # how long the mail server may take for one letter
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="hello@example.org")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
OUTBOX_LEASE = timedelta(seconds=env.float("LEASE_SECONDS", default=120))  # how long a worker may hold a letter
if OUTBOX_LEASE.total_seconds() < 2 * EMAIL_TIMEOUT:
    raise ImproperlyConfigured(
        "LEASE_SECONDS must be at least twice SMTP_SECONDS, or a slow server gets letters twice."
    )
OUTBOX_ATTEMPTS = 6
# What mail providers report afterwards (bounces, complaints); without a provider there is no such address.
MAIL_EVENTS_FROM = env.list("MAIL_EVENTS_FROM", default=[])
ANYMAIL = {"WEBHOOK_SECRET": env.list("ANYMAIL_WEBHOOK_SECRET", default=[])}
if "mailgun" in MAIL_EVENTS_FROM:
    ANYMAIL["MAILGUN_WEBHOOK_SIGNING_KEY"] = required("MAILGUN_WEBHOOK_SIGNING_KEY", "Mailgun shows it under API keys.")
if MAIL_EVENTS_FROM:
    INSTALLED_APPS.insert(0, "anymail")
    if not all(":" in secret and len(secret) > 20 for secret in ANYMAIL["WEBHOOK_SECRET"] or [""]):
        raise ImproperlyConfigured(
            "MAIL_EVENTS_FROM needs ANYMAIL_WEBHOOK_SECRET=name:password with 20 random characters at least, "
            "or anybody could report bounces."
        )
# How fast letters leave that should have left more than a quarter of an hour ago, so that a mail host does not take
# a practice that was away for a sender of junk; 0 means as fast as they go.
LETTERS_PER_MINUTE = env.int("LETTERS_PER_MINUTE", default=60)

# --- Celery: ids only, no results, never eta or countdown ---------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_FOLDER = DATA_DIR / "broker"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 600,
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
    }
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "processed_folder": str(BROKER_FOLDER / "processed"),
        "polling_interval": 0.5,
    }
CELERY_IMPORTS = ["clinic.outbox.standing_in"]  # a worker goes on when no tick comes
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: a worker does its work without Redis
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
TICK_SECONDS = env.float("TICK_SECONDS", default=10)
# The night shift: everything that happens by itself.
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "send due letters": {"task": "clinic.outbox.tasks.tick", "schedule": TICK_SECONDS, "options": {"expires": 25}},
    "plan letters again": {"task": "clinic.outbox.tasks.replan", "schedule": 60, "options": {"expires": 50}},
    "forget old receipts": {
        "task": "clinic.people.tasks.forget_receipts",
        "schedule": 3600,
        "options": {"expires": 900},
    },
    "forget old drafts": {"task": "intake.tasks.forget_drafts", "schedule": 3600, "options": {"expires": 900}},
    "offer freed times": {"task": "bookings.tasks.offer_times", "schedule": 60, "options": {"expires": 50}},
    "chain the audit trail": {"task": "clinic.people.tasks.chain_audit", "schedule": 60, "options": {"expires": 50}},
}

# --- sign-in of practitioners (clients act by links) --------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_LOGOUT_REDIRECT_URL = "landing"
ACCOUNT_ADAPTER = "reception.signing_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the owner types the address; a code sent to it proves it at each sign-in
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # a shared desk: closing the browser signs out
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- headers ----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# How often one address may ask the API in a minute, and one address or key may book over it; 0 means no limit.
API_READS_PER_MINUTE = env.int("API_READS_PER_MINUTE", default=600)
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", default=60)
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# An upload is read in memory; nothing that a person sends is ever a file here.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no_tokens": {"()": "clinic.people.redaction.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_tokens"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "fontTools": {"level": "WARNING"}},  # it would list the letters
}
