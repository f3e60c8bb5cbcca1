"""Settings of services/embeddings: EMBEDDINGS_… variables, and the provider's own OPENAI_… names."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kit.settings import CachingSettings


class EmbeddingsSettings(CachingSettings):
    """Beside the common ones: which model makes the vectors, and who runs it."""

    model_config = SettingsConfigDict(env_prefix="EMBEDDINGS_")

    model: str = Field(description="as the provider names it, e.g. text-embedding-3-small or all-MiniLM-L6-v2")
    dimensions: int = Field(ge=1, le=4_000)
    provider_url: str = Field(validation_alias="OPENAI_BASE_URL")
    provider_key: SecretStr = Field(validation_alias="OPENAI_API_KEY")
    provider_timeout_s: float = Field(default=120.0, gt=0, le=600)
