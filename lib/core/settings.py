"""Docket's configuration: environment variables first, then `docket.toml` in the data folder.

Secrets are `SecretStr`, so printing the settings never reveals them.
"""

import os
import secrets
import stat
import tomllib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lib.core import email_addresses

SECRET_BYTES = 32
EXAMPLE_SECRETS = {"changeme", "secret", "password", "some_key", "docket", "example"}


MAX_PROCESSES = 4
"""The default limit on the number of server processes."""


def cpu_count() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SettingsError(Exception):
    """A setting prevents the start. The message says which one and what to do."""


class Settings(BaseSettings):
    """Docket's settings, each described in docs/settings.md."""

    model_config = SettingsConfigDict(env_prefix="DOCKET_", extra="forbid")

    data: Path = Path("data")
    database_url: SecretStr | None = None
    base_url: str = "http://localhost:8501"
    files_url: str | None = None
    secret_key: SecretStr | None = None
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    processes: Annotated[int, Field(ge=1, le=16)] = Field(
        default_factory=lambda: min(cpu_count(), MAX_PROCESSES)
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    session_idle_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 8 * 60
    session_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24
    sign_in_attempts: Annotated[int, Field(ge=3, le=100)] = 10
    sign_in_window_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 15
    api_requests_per_minute: Annotated[int, Field(ge=10)] = 600
    signed_out_pages: Annotated[int, Field(ge=10)] = 500
    upload_megabytes_per_hour: Annotated[int, Field(ge=25)] = 500

    notice_window_seconds: Annotated[int, Field(ge=0, le=3600)] = 120
    notice_days: Annotated[int, Field(ge=1, le=3650)] = 270
    message_days: Annotated[int, Field(ge=1, le=3650)] = 90

    working_day_hours: Annotated[int, Field(ge=1, le=24)] = 8
    time_rounding_minutes: Annotated[int, Field(ge=1, le=60)] = 1
    time_minimum_minutes: Annotated[int, Field(ge=1, le=60)] = 1
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"

    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_from: str | None = None
    slack_bot_token: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let environment variables override `docket.toml` in the data folder."""
        folder = Path(os.environ.get("DOCKET_DATA", "data"))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, folder / "docket.toml")

    @field_validator("base_url")
    @classmethod
    def _plain_base(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("smtp_from")
    @classmethod
    def _email_address(cls, value: str | None) -> str | None:
        return email_addresses.parse(value) if value else None

    @model_validator(mode="after")
    def _strong_secret(self) -> "Settings":
        if self.secret_key is not None:
            value = self.secret_key.get_secret_value()
            if len(value.encode()) < SECRET_BYTES or value.lower() in EXAMPLE_SECRETS or len(set(value)) < 8:
                raise ValueError(
                    "secret_key is too short or easy to guess. Use at least 32 random characters"
                )
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach Docket over HTTPS, so that cookies must be Secure."""
        return self.base_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database's URL: the setting, or SQLite in the data folder."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data / 'docket.db').resolve()}"

    @property
    def files(self) -> str:
        """The URL of the file store: the setting, or a folder in the data folder."""
        return self.files_url or str((self.data / "files").resolve())

    def key(self) -> bytes:
        """Return the signing key: the setting, or the data folder's key file, created on first use with mode 600.

        Raises SettingsError when the key in the file is too short or others may read it.
        """
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        return _load_key(self.data / "secret.key")


@lru_cache(maxsize=4)
def _load_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # written to a temporary file first, so that another process never reads half a key
        aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(SECRET_BYTES))
        with suppress(FileExistsError):
            os.link(aside, path)
        aside.unlink()
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SettingsError(f"{path} can be read by others. Run: chmod 600 {path}")
    value = path.read_text().strip()
    if len(value) < SECRET_BYTES:
        raise SettingsError(
            f"{path} contains a weak key. Delete the file to create a new one. Everyone must then sign in again."
        )
    return value.encode()


@lru_cache(maxsize=1)
def current() -> Settings:
    """Return this process's settings, which are read once.

    Raises SettingsError with a sentence that names the setting but not its value.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (
            f"DOCKET_{'_'.join(map(str, e['loc'])).upper() or 'SECRET_KEY'}: {e['msg']}"
            for e in error.errors()
        )
        raise SettingsError("A setting is wrong. " + "; ".join(faults)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"docket.toml can't be read: {error}.") from None
