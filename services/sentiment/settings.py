"""Settings of services/sentiment: SENTIMENT_… variables."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kit.settings import ServiceSettings


class SentimentSettings(ServiceSettings):
    """Beside the common ones: an OpenAI chat model that reads texts instead of ours, off unless it is named."""

    model_config = SettingsConfigDict(env_prefix="SENTIMENT_")

    chat_model: str | None = Field(default=None, description="such as gpt-4o-mini; texts then leave the machine")
    openai_base_url: str = Field(default="https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL")
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    chat_timeout_s: float = Field(default=20.0, gt=0, le=120)
