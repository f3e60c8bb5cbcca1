"""Settings of services/crm: CRM_… variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from kit.settings import ServiceSettings


class CrmSettings(ServiceSettings):
    """Beside the common ones: who must confirm that an erased person is gone."""

    model_config = SettingsConfigDict(env_prefix="CRM_")

    followers: dict[str, str] = Field(default_factory=dict, description="service → address")
