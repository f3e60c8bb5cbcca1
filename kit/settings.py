"""Settings of a process: one frozen class for each service, read once, unknown keys refused by name."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    redis_url: SecretStr | None = Field(default=None, description="of the cache of scores; without it there is none")
    pool_max_size: int = Field(default=8, ge=1, le=200)
    worker_concurrency: int = Field(default=2, ge=1, le=64)
