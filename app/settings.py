"""Settings: read once from the environment (or `.env`), checked, and refused in one sentence when wrong.

Every field is documented in docs/settings.md; a test compares the two.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_FILE = "secret.key"  # noqa: S105 - a file name
SECRET_BYTES = 48
SECRET_MIN_CHARS = 32
# A character takes up to four bytes, each of which a form writes as three (`%F0`).
FORM_BYTES_A_CHAR = 12
# For the title, the tags and what a form has beside the text.
FORM_REST_BYTES = 16 * 1024
# What people may put into their texts, told by content.
UPLOAD_TYPES = ("jpeg", "png", "webp", "gif", "avif", "pdf", "zip", "gzip", "7z", "text", "mp4", "webm", "mp3", "ogg")
# Settings with passwords in them: never repeated in what is said about them.
HIDDEN = (
    "mongodb_uri",
    "redis_url",
    "secret_key",
    "smtp_url",
    "storage_key",
    "storage_secret",
    "metrics_token",
    "MONGODB_URI",
    "REDIS_URL",
)


class SettingsError(Exception):
    """A setting is wrong; the message names it and says what is expected."""


def _outside(name: str) -> Any:
    """A setting other programs know too: it keeps its own name, without the prefix."""
    return Field(default=None, validation_alias=AliasChoices(name, name.lower()))


class Settings(BaseSettings):
    """Typed settings. Durations are in the unit that their name ends with."""

    model_config = SettingsConfigDict(
        env_prefix="QUORUM_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    mongodb_uri: SecretStr | None = _outside("MONGODB_URI")
    mongodb_db: str = Field(
        "quorum", validation_alias=AliasChoices("MONGODB_DB", "mongodb_db"), pattern=r"^[A-Za-z0-9_-]{1,38}$"
    )
    redis_url: SecretStr | None = _outside("REDIS_URL")

    site_name: str = Field("Quorum", min_length=1, max_length=60)
    bind: str = "127.0.0.1:5000"
    base_url: str = ""
    data_dir: Path = Path("var")
    secret_key: SecretStr | None = None
    trusted_proxies: int = Field(0, ge=0, le=10)

    default_locale: Literal["en", "zh"] = "en"
    time_zone: str = "UTC"
    registration: Literal["open", "paused", "closed"] = "open"
    email_confirmation: Literal["required", "optional", "off"] = "optional"
    signups_before_captcha: int = Field(10, ge=0, le=10_000)
    session_days: int = Field(60, ge=1, le=3650)
    session_hours: int = Field(12, ge=1, le=24 * 365)
    password_hash_concurrency: int = Field(2, ge=1, le=64)

    limits: Literal["on", "off"] = "on"
    max_form_kib: int = Field(1024, ge=64, le=64 * 1024)
    avatar_max_kib: int = Field(8 * 1024, ge=64, le=64 * 1024)
    upload_max_kib: int = Field(10 * 1024, ge=64, le=1024 * 1024)
    upload_quota_mib: int = Field(500, ge=1, le=1024 * 1024)
    upload_types: str = "jpeg png webp gif avif pdf zip text"
    comments_per_page: int = Field(20, ge=5, le=100)
    topics_per_page: int = Field(30, ge=5, le=100)
    max_body_chars: int = Field(50_000, ge=1_000, le=500_000)
    render_timeout_ms: int = Field(2_000, ge=100, le=60_000)
    render_workers: int = Field(2, ge=1, le=16)
    view_window_minutes: int = Field(60, ge=1, le=24 * 60)
    message_edit_minutes: int = Field(15, ge=0, le=7 * 24 * 60)
    retention_days: int = Field(30, ge=0, le=3650)
    file_retention_days: int = Field(7, ge=1, le=3650)
    page_cache_mib: int = Field(64, ge=0, le=16 * 1024)

    new_days: int = Field(1, ge=0, le=3650)
    new_posts: int = Field(5, ge=0, le=100_000)
    trusted_days: int = Field(60, ge=0, le=3650)
    trusted_posts: int = Field(100, ge=0, le=1_000_000)
    trusted_likes: int = Field(50, ge=0, le=1_000_000)
    warning_days: int = Field(180, ge=0, le=3650)
    approve_posts: int = Field(0, ge=0, le=100)
    repeat_minutes: int = Field(60, ge=0, le=7 * 24 * 60)
    flood_people: int = Field(3, ge=0, le=100)
    flood_places: int = Field(3, ge=0, le=100)
    flood_topics: int = Field(7, ge=0, le=100)
    flood_messages: int = Field(5, ge=0, le=100)

    account_grace_days: int = Field(30, ge=1, le=365)
    deleted_accounts: Literal["anonymise", "erase"] = "anonymise"
    jobs: Literal["inside", "apart"] = "inside"
    smtp_url: SecretStr | None = None
    mail_from: str = ""
    notice_email_minutes: int = Field(3, ge=0, le=24 * 60)
    notice_emails_per_hour: int = Field(10, ge=1, le=100)
    storage_url: str = ""
    storage_endpoint: str = ""
    storage_region: str = Field("us-east-1", pattern=r"^[a-z0-9-]{1,40}$")
    storage_key: str = ""
    storage_secret: SecretStr | None = None

    sendfile_prefix: str = Field("", pattern=r"^(/[A-Za-z0-9_-]+)?$")
    metrics_token: SecretStr | None = None

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"

    @field_validator("bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("must be HOST:PORT, such as 127.0.0.1:5000")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be the name of a time zone, such as Asia/Shanghai")
        return value

    @field_validator("base_url")
    @classmethod
    def _origin_only(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/") or parts.query:
            raise ValueError("must be an origin such as https://forum.example, without a path")
        return f"{parts.scheme}://{parts.netloc}".lower()

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        try:
            parts = urlsplit(value.get_secret_value())
            right = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            right = False
        if not right:
            raise ValueError("must be smtp://USER:PASSWORD@HOST:PORT or smtps://…, ?starttls to insist on encryption")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", value):
            raise ValueError("must be an address such as forum@forum.example")
        return value

    @property
    def mail_sender(self) -> str:
        """The address that the forum's e-mail comes from."""
        host = urlsplit(self.origin).hostname or ""
        return self.mail_from or f"no-reply@{host if re.search('[a-z]', host) and ':' not in host else 'localhost'}"

    @field_validator("upload_types")
    @classmethod
    def _known_types(cls, value: str) -> str:
        unknown = [name for name in value.replace(",", " ").split() if name not in UPLOAD_TYPES]
        if unknown:
            raise ValueError(f"knows {' '.join(UPLOAD_TYPES)}, not {' '.join(unknown)}")
        return " ".join(value.replace(",", " ").split())

    @field_validator("storage_url")
    @classmethod
    def _bucket(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("must be s3://BUCKET or s3://BUCKET/PREFIX; unset, files are kept in the data folder")
        return value

    @field_validator("storage_endpoint")
    @classmethod
    def _service(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query):
            raise ValueError("must be the address of an S3-compatible service, such as https://s3.example")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _storage_is_whole(self) -> Self:
        if self.storage_url and not (self.storage_key and self.storage_secret):
            raise ValueError("QUORUM_STORAGE_URL needs QUORUM_STORAGE_KEY and QUORUM_STORAGE_SECRET")
        return self

    @property
    def host(self) -> str:
        """The address to listen on, without the brackets of IPv6."""
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The TCP port to listen on."""
        return int(self.bind.rpartition(":")[2])

    @property
    def origin(self) -> str:
        """Scheme, host and port that people type, without a trailing slash."""
        return self.base_url or f"http://{self.bind}"

    @property
    def secure(self) -> bool:
        """Whether people reach the forum over TLS; cookies are then `Secure`."""
        return self.origin.startswith("https://")

    @property
    def limited(self) -> bool:
        """Whether rate limits are in force."""
        return self.limits == "on"

    def secret(self) -> str:
        """The signing key: from the setting, else made once and kept in the data folder (mode 600)."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return kept_secret(self.data_dir / SECRET_FILE)


def kept_secret(path: Path) -> str:
    """Read the key at `path`, making it first when there is none; several processes may do so at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SECRET_MIN_CHARS:
        raise SettingsError(
            f"{path} does not hold a key: delete it to have a new one made (everyone is then logged out)"
        )
    return secret


def _make_secret(path: Path) -> None:
    """Write a whole new key beside `path`, then give it that name unless another process was first."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".secret-", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(SECRET_BYTES))
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; raise `SettingsError` with one sentence a wrong one, naming its variable."""
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(_sentence(dict(item)) for item in error.errors())) from None
    key = settings.secret_key
    if key is not None and len(key.get_secret_value()) < SECRET_MIN_CHARS:
        raise SettingsError("QUORUM_SECRET_KEY must have at least 32 characters")
    needed = -(-(settings.max_body_chars * FORM_BYTES_A_CHAR + FORM_REST_BYTES) // 1024)
    if settings.max_form_kib < needed:
        raise SettingsError(
            f"QUORUM_MAX_FORM_KIB must be at least {needed} for texts of QUORUM_MAX_BODY_CHARS"
            f" = {settings.max_body_chars} characters (it is {settings.max_form_kib})"
        )
    if settings.smtp_url is not None and not settings.mail_from and not settings.base_url:
        raise SettingsError("QUORUM_MAIL_FROM: say who the forum's e-mail comes from, such as forum@forum.example")
    return settings


def _sentence(error: dict[str, Any]) -> str:
    if not error["loc"]:  # about several at once
        return str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][0])
    variable = name.upper() if name.upper() in ("MONGODB_URI", "MONGODB_DB", "REDIS_URL") else f"QUORUM_{name.upper()}"
    given = error.get("input")
    shown = f" (it is {given!r})" if isinstance(given, str | int) and name not in HIDDEN else ""
    return f"{variable}: {error['msg'].removeprefix('Value error, ')}{shown}"
