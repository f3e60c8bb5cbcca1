"""Settings of services/churn: CHURN_… variables."""

from pydantic_settings import SettingsConfigDict

from kit.settings import CachingSettings


class ChurnSettings(CachingSettings):
    """Only what every service with a cache is told."""

    model_config = SettingsConfigDict(env_prefix="CHURN_")
