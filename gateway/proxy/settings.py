"""GATEWAY_… variables: where the services are, whose tokens are believed, and the key the gateway signs with."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from gateway.proxy.upstream import Address
from kit.settings import RedisUrl, Settings

ServiceName = Literal["crm", "embeddings", "recommend", "churn", "sentiment", "icp", "graph"]
MIN_SECRET_BYTES = 32


def _bare(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port  # raises ValueError when it is not a port
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ValueError("an address is http://host:port or https://host:port")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("an address has no path, query, fragment or user: paths are passed on unchanged")
    return url


# It becomes part of a Content-Security-Policy: an origin, and nothing that could end it or begin another rule.
Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?$")]
ServiceAddress = Annotated[str, AfterValidator(_bare)]


class GatewaySettings(Settings):
    """The proxy's settings. Exactly one of the two JWKS places may be given, beside a shared secret or without one."""

    model_config = SettingsConfigDict(env_prefix="GATEWAY_")

    services: dict[ServiceName, ServiceAddress] = Field(description="service → address; a missing one answers 404")
    signing_key_file: Path = Field(description="own Ed25519 private key, PEM")
    jwt_secret: SecretStr | None = Field(default=None, description="HS256 secret shared with the CRM")
    jwt_jwks_file: Path | None = Field(default=None, description="public keys of the issuer (RS256, ES256, EdDSA)")
    jwt_jwks_url: HttpUrl | None = Field(default=None, description="the same over HTTP, fetched again when it ages")
    jwt_audience: str | None = Field(default=None, min_length=1)
    jwt_issuer: str | None = Field(default=None, min_length=1)
    workspace_claim: str = Field(default="workspace_id", min_length=1, description="dotted path of the claim")
    signing_key_id: str | None = Field(default=None, description="its kid in the JWKS where it is not plain gateway")
    database_url: SecretStr | None = Field(
        default=None, description="where API keys are kept; without it there are none"
    )
    dashboard_dir: Path | None = Field(default=None, description="what `make web` has built; without it no dashboard")
    dashboard_parents: tuple[Origin, ...] = Field(default=(), description="origins that may show it in a frame")
    connect_timeout_s: float = Field(default=2.0, gt=0, le=60)
    idle_timeout_s: float = Field(default=60.0, gt=0, le=3600, description="nothing moves: in a body, either way")
    max_connections: int = Field(default=512, ge=1, le=10_000, description="requests under way, for each service")
    redis_url: RedisUrl | None = Field(default=None, description="replicas count limits together; none: each alone")
    caller_rate_per_s: float = Field(default=500.0, gt=0, le=1e6, description="units one token gets each second")
    caller_burst: int = Field(default=5_000, ge=100, le=10**7, description="units one token may use at once")
    workspace_rate_per_s: float = Field(default=2_000.0, gt=0, le=1e6)
    workspace_burst: int = Field(default=20_000, ge=100, le=10**7)
    address_rate_per_s: float = Field(default=100.0, gt=0, le=1e6, description="requests without a valid token")
    address_burst: int = Field(default=2_000, ge=1, le=10**7)
    resolve_s: float = Field(default=5.0, ge=0.05, le=300, description="services' names are looked up again")
    drain_s: float = Field(default=0.0, ge=0, le=300, description="after SIGTERM: /readyz 503, still accepting")

    @model_validator(mode="after")
    def _believe_someone(self) -> Self:
        if self.jwt_jwks_file and self.jwt_jwks_url:
            raise ValueError("GATEWAY_JWT_JWKS_FILE and GATEWAY_JWT_JWKS_URL exclude each other")
        if not (self.jwt_secret or self.jwt_jwks_file or self.jwt_jwks_url):
            raise ValueError("set GATEWAY_JWT_SECRET, GATEWAY_JWT_JWKS_FILE or GATEWAY_JWT_JWKS_URL")
        if self.jwt_secret and len(self.jwt_secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"GATEWAY_JWT_SECRET needs at least {MIN_SECRET_BYTES} bytes")
        return self


def address(url: str) -> Address:
    """Return host, port and transport of a service's address."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Address(str(parts.hostname), parts.port or (443 if tls else 80), tls=tls)
