"""Settings of services/crm: CRM_… variables."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kit.settings import ServiceSettings


class CrmSettings(ServiceSettings):
    """Beside the common ones: who must confirm that an erased person is gone, and the key of what stops his return."""

    model_config = SettingsConfigDict(env_prefix="CRM_")

    followers: dict[str, str] = Field(default_factory=dict, description="service → address")
    erasure_key: SecretStr = Field(min_length=32, description="of the hashes of erased people; losing it forgets them")
