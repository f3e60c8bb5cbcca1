"""Makes what compose mounts and passes: secrets as files, and one private environment file for each process.

`python -m deploy.containers.prepare HOME`; what exists is kept. The folders are the installation's own (0700):
nobody else on the machine enters them. The mounted files inside may be read by all, since a container's user has
another number than their owner and compose cannot change that; the environment files are read by compose alone.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy import secrets
from deploy.embedded.table import LOCAL_DIMENSIONS, LOCAL_MODEL, PROVIDER, PROVIDERS, chat

MOUNTED = (
    "postgres",
    "crm_owner",
    "crm",
    "embeddings_owner",
    "embeddings",
    "recommend_owner",
    "recommend",
    "churn_owner",
    "churn",
    "sentiment_owner",
    "sentiment",
    "gateway_owner",
    "gateway",
    "valkey_settings",
    "identity/jwks.json",
    "identity/gateway.pem",
    "identity/graph.pem",
    "identity/crm.pem",
    "identity/embeddings.pem",
    "identity/recommend.pem",
    "identity/churn.pem",
    "identity/sentiment.pem",
)
DATABASE = "rapport"
VALKEY_SETTINGS = """\
requirepass {password}
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-lru
"""


def prepare(home: Path, outside: Mapping[str, str]) -> None:
    """Secrets under `home`/secrets, environment files under `home`/environment."""
    folder = home / "secrets"
    secrets.ensure(folder)
    settings = VALKEY_SETTINGS.format(password=secrets.read(folder, "valkey"))
    secrets.write_private(folder / "valkey_settings", settings.encode())
    for name in MOUNTED:
        (folder / name).chmod(0o444)
    secrets.private_folder(home / "environment")
    for name, variables in environments(folder, outside).items():
        lines = "".join(f"{key}={value}\n" for key, value in variables.items())
        secrets.write_private(home / "environment" / f"{name}.env", lines.encode())


def environments(folder: Path, outside: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The variables of each process that hold a secret, or a choice of the caller; all others are in compose.yaml."""
    return {
        "crm_owner": _owner(folder, "crm"),
        "crm": _database(folder, "crm") | {"CRM_ERASURE_KEY": secrets.read(folder, "crm_erasure")},
        "embeddings_owner": _owner(folder, "embeddings"),
        "embeddings": _database(folder, "embeddings") | _cache(folder, "embeddings") | _provider(folder, outside),
        "recommend_owner": _owner(folder, "recommend"),
        "recommend": _database(folder, "recommend") | _cache(folder, "recommend"),
        "churn_owner": _owner(folder, "churn"),
        "churn": _database(folder, "churn") | _cache(folder, "churn"),
        "sentiment_owner": _owner(folder, "sentiment"),
        "sentiment": _database(folder, "sentiment") | dict(chat(outside)),
        "encoder": {"ENCODER_API_KEY": secrets.read(folder, "encoder")},
        "gateway_owner": _owner(folder, "gateway"),
        "gateway": _cache(folder, "gateway")
        | {
            "GATEWAY_JWT_SECRET": secrets.read(folder, "jwt"),
            "GATEWAY_DATABASE_URL": _url(folder, "gateway"),
        },
    }


def _provider(folder: Path, outside: Mapping[str, str]) -> dict[str, str]:
    """Texts leave the machine only for who names a model: a key that happens to be around is not enough."""
    if outside.get("EMBEDDINGS_MODEL"):
        return {name: outside[name] for name in (*PROVIDER, *PROVIDERS) if name in outside}
    return {
        "EMBEDDINGS_MODEL": LOCAL_MODEL,
        "EMBEDDINGS_DIMENSIONS": str(LOCAL_DIMENSIONS),
        "OPENAI_BASE_URL": "http://encoder:8000/v1",
        "OPENAI_API_KEY": secrets.read(folder, "encoder"),
        **{name: outside[name] for name in PROVIDERS if name in outside},
    }


def _database(folder: Path, service: str) -> dict[str, str]:
    """The running role's address: no pooler stands between, so both are the same. Passwords are URL-safe."""
    url, prefix = _url(folder, service), service.upper()
    return {f"{prefix}_DATABASE_URL": url, f"{prefix}_DIRECT_DATABASE_URL": url}


def _cache(folder: Path, service: str) -> dict[str, str]:
    return {f"{service.upper()}_REDIS_URL": f"redis://:{secrets.read(folder, 'valkey')}@valkey:6379/0"}


def _url(folder: Path, service: str) -> str:
    return f"postgresql://{service}:{secrets.read(folder, service)}@database:5432/{DATABASE}"


def _owner(folder: Path, service: str) -> dict[str, str]:
    role = f"{service}_owner"
    return {
        "PGHOST": "database",
        "PGPORT": "5432",
        "PGDATABASE": DATABASE,
        "PGUSER": role,
        "PGPASSWORD": secrets.read(folder, role),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.containers.prepare HOME")
    prepare(Path(sys.argv[1]), os.environ)
