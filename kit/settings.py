"""Settings of a process: one frozen class for each service, read once, unknown keys refused by name."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _redis(url: SecretStr) -> SecretStr:
    if urlsplit(url.get_secret_value()).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("Redis is redis://…, rediss://… or unix://…")
    return url


RedisUrl = Annotated[SecretStr, AfterValidator(_redis)]


class Settings(BaseSettings):
    """Base of every service's settings: `env_prefix` is the service's own, secrets have no default."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @model_validator(mode="after")
    def _refuse_unknown_keys(self) -> Self:
        """pydantic-settings ignores variables it does not know, so a misspelt one would go unnoticed."""
        prefix = str(self.model_config.get("env_prefix", "")).upper()
        fields = type(self).model_fields.items()
        known = {f"{prefix}{name.upper()}" for name, field in fields if field.validation_alias is None}
        present = {key for key in os.environ if prefix and key.startswith(prefix)}
        if unknown := sorted(present - known):
            raise ValueError(f"unknown settings: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        return self


class ServiceSettings(Settings):
    """What every service with a database needs."""

    database_url: SecretStr = Field(description="the running role; may pass through a transaction pooler")
    direct_database_url: SecretStr = Field(description="the same role, not pooled: jobs and LISTEN")
    jwks_file: Path = Field(description="public keys of every caller")
    signing_key_file: Path = Field(description="own Ed25519 private key, PEM")
    signing_key_id: str | None = Field(default=None, description="its kid in the JWKS where that has a number: crm.2")
    pool_max_size: int = Field(default=8, ge=1, le=200)
    worker_concurrency: int = Field(default=2, ge=1, le=64)


class CachingSettings(ServiceSettings):
    """What a service that keeps scores in Redis may be told besides."""

    redis_url: RedisUrl | None = Field(default=None, description="of the cache of scores; without it there is none")
