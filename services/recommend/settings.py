"""Settings of services/recommend: RECOMMEND_… variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import CachingSettings


class RecommendSettings(CachingSettings):
    """Beside the common ones: who knows how like each other people are."""

    model_config = SettingsConfigDict(env_prefix="RECOMMEND_")

    embeddings_url: str = Field(description="address of services/embeddings")
