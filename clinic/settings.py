"""Settings, read top to bottom. Every variable of the environment is read here, typed, with its default.

Secrets have no default: they come from `NAME`, from the file named by `NAME_FILE`, or from
`VAR_DIR/secrets/name` (which `make run` fills on its first run).
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from clinic.sqlite import journal_mode

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))


def read_secret(name: str, *, default: str | None = None) -> str:
    """The value of NAME, of the file NAME_FILE, or of the local secrets folder.

    Raises ImproperlyConfigured when the named file is missing or empty, or nothing gives a value.
    """
    value: str = env.str(name, default="")
    if value:
        return value
    named = env.str(f"{name}_FILE", default="")
    file = Path(named) if named else VAR_DIR / "secrets" / name.lower()
    if named or file.exists():
        value = file.read_text().strip() if file.exists() else ""
        if not value:
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which is missing or empty.")
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE. There is no default for a secret.")
    return default


# --- What runs, and where -------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = read_secret("SECRET_KEY")
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "clinic.web.refusals.csrf_failure"
# How many proxies of our own stand in front: that many entries of X-Forwarded-For are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the site itself is clinic.accounts.owner_site
    "unfold.contrib.filters",
    "reversion",
    "clinic.admin_site.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "corsheaders",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "phonenumber_field",
    "anymail",
    "clinic.accounts",
    "clinic.practice",
    "clinic.audit",
    "clinic.messaging",
    "clinic.api",
    "treatments",
    "clients",
    "bookings",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "clinic.api.middleware.PrivateAnswersMiddleware",
    "clinic.api.cross_origin.PublicReadsMiddleware",
    "clinic.practice.middleware.ClinicClockMiddleware",
    "clinic.api.middleware.StorableTextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
ASGI_APPLICATION = "clinic.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "clinic" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database, cache, broker ----------------------------------------------------------------------

DATABASES = {
    "default": env.db_url_config(read_secret("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/groundwork.sqlite3"))
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a writer waits at BEGIN instead of failing half-way through.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)}",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if CACHE_URL
    else {"BACKEND": "clinic.file_cache.SharedFileCache", "LOCATION": VAR_DIR / "cache" / "django"}
}

BROKER_URL = env.str("BROKER_URL", default="filesystem://localhost/")

# --- Time and language ----------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TEXTS_LANGUAGE = env.str("TEXTS_LANGUAGE", default="en")  # which file of frontend/texts/ the pages speak
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # The clinic's own zone is part of its record; nothing else may assume one.
PHONENUMBER_DEFAULT_REGION = "GB"
PHONENUMBER_DB_FORMAT = "E164"

# --- People and sign-in ---------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = int(timedelta(days=1).total_seconds())
ACCOUNT_ADAPTER = "clinic.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # Nobody signs up: staff are invited, clients prove an address by its code.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # Composed to take the same time; the adapter sends none of them.
ACCOUNT_SESSION_REMEMBER = False  # A shared computer forgets who was there when its browser is closed.
# By address, and by account however many addresses ask. The rest stands as in allauth.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,2/m/key,6/h/key",
}
MFA_ADAPTER = "clinic.accounts.second_factors.SecondFactorAdapter"
MFA_TOTP_ISSUER = "Groundwork"
HEADLESS_ONLY = True
HEADLESS_FRONTEND_URLS = {
    # The same address as clinic.accounts.password_links makes.
    "account_reset_password_from_key": f"{SITE_URL}/set-password/#{{key}}",
    "account_signup": f"{SITE_URL}/",  # asked for, never shown
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

SESSION_ENGINE = "clinic.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", default=12)).total_seconds())  # After the sign-in.
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Vault and audit ------------------------------------------------------------------------------

# "id:base64-key,id:base64-key": the first key seals, all of them open.
VAULT_KEYS = read_secret("VAULT_KEYS")
# Signs the links between audit events, so that a writer of the database alone cannot forge them.
AUDIT_KEY = read_secret("AUDIT_KEY")

# --- Mail -----------------------------------------------------------------------------------------

_mail = env.email_url_config(read_secret("EMAIL_URL", default=f"filemail:///{VAR_DIR}/mail"))
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default=str(_mail["EMAIL_BACKEND"]))
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS", False))
EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL", False))
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH") or str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 20
ANYMAIL = env.json("ANYMAIL", default={})
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Muscle Therapy By Tom <bookings@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Static files and images ----------------------------------------------------------------------

STATIC_URL = "/static/"
# What `make frontend` builds: files under names that change with their content.
FRONTEND_BUILD = BASE_DIR / "var" / "frontend"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "static", ("app", FRONTEND_BUILD / "app")]
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.*/app/(book|public|staff)/assets/[^/]+$|^.+\.[0-9a-f]{12}\..+$"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- The API --------------------------------------------------------------------------------------

PUBLIC_THROTTLE = env.str("PUBLIC_THROTTLE", default="on") != "off"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clinic.api.authentication.SessionAuthentication",
        "clinic.api.authentication.AppTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["clinic.api.permissions.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["clinic.api.parsers.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "clinic.api.pagination.PagePagination",
    "DEFAULT_SCHEMA_CLASS": "clinic.api.schema.ProblemAutoSchema",
    "DEFAULT_THROTTLE_RATES": {
        "public_read": env.str("THROTTLE_PUBLIC_READ", default="240/min"),
        "public_write": env.str("THROTTLE_PUBLIC_WRITE", default="120/hour"),
        "booking_link": env.str("THROTTLE_BOOKING_LINK", default="300/hour"),
        "guide": env.str("THROTTLE_GUIDE", default="120/hour"),
    },
    "EXCEPTION_HANDLER": "clinic.api.problems.answer_with_problem",
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": TRUSTED_PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Groundwork",
    "DESCRIPTION": "Booking and client notes for hands-on therapy clinics.\n\n"
    "A page may name the account it was made for in the header `X-Account`: a call is then refused with 409 "
    "`other_account` once somebody else is signed in with the same cookies.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "AppointmentStatusEnum": "bookings.serializers.requests.STATUS_CHOICES",
        "ConsentPurposeEnum": "clients.models.ConsentRecord.Purpose",
        "ContactChannelEnum": "clients.models.ContactPreference.Channel",
        "ContactPurposeEnum": "clients.models.ContactPreference.Purpose",
        "DuplicateReasonEnum": "clients.serializers.people.REASON_CHOICES",
        "EntryKindEnum": "clients.models.RecordEntry.Kind",
        "NoteStateEnum": "clients.models.TreatmentNote.State",
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # 1 MiB: no JSON body of ours comes near it.

# What scripts of the sites on the owner's list (Practice.embed_origins) may read, without cookies.
CORS_URLS_REGEX = r"/api/v1/(clinic|treatments|treatments/[-\w]+|therapists|availability)/\Z"
CORS_ALLOW_METHODS = ("GET", "HEAD", "OPTIONS")
CORS_ALLOW_HEADERS = ("accept", "content-type")
CORS_ALLOW_CREDENTIALS = False

# --- Celery: a wake-up, never the record ----------------------------------------------------------

CELERY_BROKER_URL = BROKER_URL
CELERY_TIMEZONE = "UTC"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT = "clinic.messaging.file_broker:Transport" if BROKER_URL.startswith("filesystem") else None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "data_folder_in": str(VAR_DIR / "broker" / "messages"),
        "data_folder_out": str(VAR_DIR / "broker" / "messages"),
        "processed_folder": str(VAR_DIR / "broker" / "processed"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    if BROKER_URL.startswith("filesystem")
    else {"socket_timeout": 30, "socket_connect_timeout": 5, "socket_keepalive": True, "health_check_interval": 25}
)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "clinic.messaging.tasks.sweep", "schedule": timedelta(seconds=30), "options": {"expires": 25}},
    "tidy": {"task": "bookings.tasks.tidy", "schedule": timedelta(minutes=5), "options": {"expires": 280}},
}

# --- Logs: to standard error, no bodies, no addresses of people -----------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}

# --- The admin site -------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Groundwork",
    "SITE_HEADER": "Groundwork",
    "SITE_SUBHEADER": "clinic.accounts.owner_site.clinic_name",
    "SITE_URL": "/",
    "SITE_SYMBOL": "spa",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "clinic.accounts.owner_site.favicon"}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "base": {
            "50": "#f8f7f4",
            "100": "#f0eee8",
            "200": "#e2dfd6",
            "300": "#ccc8bc",
            "400": "#9fa09a",
            "500": "#6c7370",
            "600": "#4c5653",
            "700": "#3a4446",
            "800": "#262e30",
            "900": "#1b2123",
            "950": "#121617",
        },
        "primary": {
            "50": "#eef7f5",
            "100": "#d5ebe7",
            "200": "#add8d1",
            "300": "#7cbfb6",
            "400": "#6fbdb4",
            "500": "#4aa298",
            "600": "#1f5f5b",
            "700": "#1a4d4a",
            "800": "#173f3d",
            "900": "#143432",
            "950": "#0a1f1e",
        },
    },
    "SIDEBAR": {"show_search": True, "navigation": "clinic.accounts.navigation.sidebar"},
}
