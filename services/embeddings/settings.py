"""Settings of services/embeddings: EMBEDDINGS_… variables, and the provider's own OPENAI_… names."""

from dataclasses import dataclass
from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from kit.settings import CachingSettings

# What of a contact may be told to a model. E-mail addresses and phone numbers are never in a text.
TextField: TypeAlias = Literal["name", "title", "organization", "tags", "notes"]
FIELDS: tuple[TextField, ...] = get_args(TextField)
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$", description="as the provider names it")]
Dimensions = Annotated[int, Field(ge=1, le=4_000)]
TextFields = Annotated[tuple[TextField, ...], Field(min_length=1, max_length=len(FIELDS))]


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model and everything it takes to ask for its vectors."""

    name: str
    dimensions: int
    base_url: str
    api_key: SecretStr
    fields: tuple[TextField, ...]
    timeout_s: float


class OtherModel(BaseModel, frozen=True, extra="forbid"):
    """One of EMBEDDINGS_MODELS; what is left out is as for EMBEDDINGS_MODEL."""

    name: Name
    dimensions: Dimensions
    base_url: str | None = None
    api_key: SecretStr | None = None
    fields: TextFields | None = None

    @model_validator(mode="after")
    def _keep_keys_apart(self) -> Self:
        """A key must not go to an address it was not given for."""
        if (self.base_url is None) != (self.api_key is None):
            raise ValueError("base_url and api_key belong together: give both or neither")
        return self


class EmbeddingsSettings(CachingSettings):
    """Beside the common ones: which models make vectors, who runs them, what they may read and cost."""

    model_config = SettingsConfigDict(env_prefix="EMBEDDINGS_")

    model: str = Field(description="what serves at first, e.g. text-embedding-3-small or all-MiniLM-L6-v2")
    dimensions: Dimensions
    models: tuple[OtherModel, ...] = Field(default=(), max_length=20, description="others, each by another name")
    fields: TextFields = Field(default=FIELDS, description="of a contact, what may be sent to a provider")
    daily_tokens: int = Field(default=0, ge=0, description="for vectors of contacts, a workspace and day; 0: no limit")
    provider_url: str = Field(validation_alias="OPENAI_BASE_URL")
    provider_key: SecretStr = Field(validation_alias="OPENAI_API_KEY")
    provider_timeout_s: float = Field(default=120.0, gt=0, le=600)

    @model_validator(mode="after")
    def _refuse_one_name_for_two(self) -> Self:
        names = [self.model, *(one.name for one in self.models)]
        if len(set(names)) < len(names):
            raise ValueError("each model needs a name of its own: a vector is kept under it")
        return self

    def known_models(self) -> list[KnownModel]:
        """Return every model, first the one that serves where nothing else was chosen."""
        first = KnownModel(
            self.model, self.dimensions, self.provider_url, self.provider_key, self.fields, self.provider_timeout_s
        )
        others = [
            KnownModel(
                one.name,
                one.dimensions,
                one.base_url or self.provider_url,
                one.api_key or self.provider_key,
                one.fields or self.fields,
                self.provider_timeout_s,
            )
            for one in self.models
        ]
        return [first, *others]
