"""GRAPH_… variables: where the services are, who is believed, and the key this process signs with."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from gateway.graph.rest import Part
from gateway.proxy.settings import ServiceAddress
from kit.settings import Settings


class GraphSettings(Settings):
    """It keeps nothing: no database, no cache, no secret but its own key."""

    model_config = SettingsConfigDict(env_prefix="GRAPH_")

    services: dict[Part, ServiceAddress] = Field(description="service → address; fields of a missing one are not_built")
    jwks_file: Path = Field(description="public keys of every caller")
    signing_key_file: Path = Field(description="own Ed25519 private key, PEM")
    signing_key_id: str | None = Field(default=None, description="its kid in the JWKS where that has a number: graph.2")
    timeout_s: float = Field(default=10.0, gt=0, le=120, description="of one call to a service")
