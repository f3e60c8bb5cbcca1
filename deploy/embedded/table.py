"""The process table: every process of the one-machine stack, in one place. A new service adds its lines here."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded import postgres, valkey
from deploy.embedded.home import LOOPBACK, Home, free_ports, kept_port
from deploy.embedded.program import Program, always, answers, answers_http

WEB = ("encoder", "crm", "embeddings", "recommend", "churn", "graph", "sentiment")
MIGRATED = ("crm", "embeddings", "recommend", "churn", "sentiment")  # in this order: the others read crm's views
FOLLOWERS = (
    "embeddings",
    "recommend",
    "churn",
    "sentiment",
)  # keep something about people, and confirm that it is gone
LOCAL_MODEL = "all-MiniLM-L6-v2"
LOCAL_DIMENSIONS = 384
PROVIDER = ("EMBEDDINGS_MODEL", "EMBEDDINGS_DIMENSIONS", "OPENAI_BASE_URL", "OPENAI_API_KEY")
PROVIDERS = ("EMBEDDINGS_MODELS", "EMBEDDINGS_FIELDS", "EMBEDDINGS_DAILY_TOKENS")  # beside the first, or for all
WAY_OUT = ("HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE")
ENCODER_START_TIMEOUT_S = 300.0  # the first start builds its model file
CONNECTIONS_END_S = 5
FRAMES = ("GATEWAY_DASHBOARD_PARENTS",)
DASHBOARD = Path(__file__).parents[2] / "web" / "out"


@dataclass(frozen=True, slots=True)
class Site:
    """One installation as it is about to run: its home and the port of everything in it."""

    home: Home
    ports: Mapping[str, int]
    log_level: str = "info"
    provider: Mapping[str, str] | None = None  # another embedding model than our own, and its key
    providers: Mapping[str, str] = field(default_factory=dict)  # more models, what they may read and cost
    dashboard: Mapping[str, str] = field(default_factory=dict)  # where it was built, who may show it in a frame
    chat: Mapping[str, str] = field(default_factory=dict)  # a chat model that reads texts, where one is named

    def url(self, name: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[name]}"


def settle(home: Home, gateway_port: int, environment: Mapping[str, str]) -> Site:
    """Choose the ports: the databases' as last time where possible, the services' from the free ones."""
    ports = dict(zip(WEB, free_ports(len(WEB)), strict=True))
    stores = {name: kept_port(home, name) for name in ("postgres", "valkey")}
    level = environment.get("RAPPORT_LOG_LEVEL", "info")
    ports |= {**stores, "gateway": gateway_port}
    return Site(
        home, ports, level, _provider(environment), providers(environment), dashboard(environment), chat(environment)
    )


def dashboard(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Where it was built and what its owner says of it; the API is whole without it."""
    built = {"GATEWAY_DASHBOARD_DIR": str(DASHBOARD)} if (DASHBOARD / "404.html").exists() else {}
    return built | {name: environment[name] for name in FRAMES if name in environment}


def _provider(environment: Mapping[str, str]) -> Mapping[str, str] | None:
    """Texts leave the machine only for who names a model: a key that happens to be around is not enough."""
    if not environment.get("EMBEDDINGS_MODEL"):
        return None
    return {name: environment[name] for name in (*PROVIDER, *WAY_OUT) if name in environment}


def providers(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Whoever names more models gives each its own address and key: they need a way out."""
    told = (*PROVIDERS, *WAY_OUT) if environment.get("EMBEDDINGS_MODELS") else PROVIDERS
    return {name: environment[name] for name in told if name in environment}


def chat(environment: Mapping[str, str]) -> Mapping[str, str]:
    """As with embeddings: texts leave the machine only for who names a chat model."""
    if not environment.get("SENTIMENT_CHAT_MODEL"):
        return {}
    told = ("SENTIMENT_CHAT_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY", *WAY_OUT)
    return {name: environment[name] for name in told if name in environment}


def programs(site: Site) -> list[Program]:
    """Tier 0 needs nothing, tier 1 the migrated databases; the door, tier 2, opens last."""
    followers = json.dumps({name: site.url(name) for name in FOLLOWERS})
    services = json.dumps({name: site.url(name) for name in MIGRATED})
    crm = {**_service(site, "crm"), "CRM_FOLLOWERS": followers, "CRM_ERASURE_KEY": site.home.secret("crm_erasure")}
    embeddings = {**_service(site, "embeddings"), **_cache(site, "embeddings"), **_model(site)}
    recommend = {**_service(site, "recommend"), **_cache(site, "recommend"), **_compiled(site)}
    churn = {**_service(site, "churn"), **_cache(site, "churn")}
    recommend["RECOMMEND_EMBEDDINGS_URL"] = site.url("embeddings")
    sentiment = {**_service(site, "sentiment"), **site.chat}
    return [
        _postgres(site),
        _valkey(site),
        *([] if site.provider else [_encoder(site)]),
        _web(site, "crm", "services.crm", crm),
        _worker("crm", crm),
        _web(site, "embeddings", "services.embeddings", embeddings),
        _worker("embeddings", embeddings),
        _web(site, "recommend", "services.recommend", recommend),
        _worker("recommend", recommend),
        _web(site, "churn", "services.churn", churn),
        _worker("churn", churn),
        _web(site, "graph", "gateway.graph", _graph(site, services)),
        _web(site, "sentiment", "services.sentiment", sentiment),
        _worker("sentiment", sentiment),
        _web(site, "gateway", "gateway.proxy", _gateway(site), tier=2),
    ]


def _postgres(site: Site) -> Program:
    home, port = site.home, site.ports["postgres"]
    return Program(
        name="postgres",
        tier=0,
        argv=tuple(postgres.command(home, port)),
        run_as=postgres.find_run_as(),
        before_start=lambda: postgres.clear_orphans(home),
        ready=answers(lambda: postgres.is_ready(home, port)),
        address=f"postgresql://{LOOPBACK}:{port}/{postgres.DATABASE}",
        stop_signal=postgres.STOP_SIGNAL,
        death_signal=postgres.STOP_SIGNAL,
        grace_s=20,
    )


def _valkey(site: Site) -> Program:
    home, port = site.home, site.ports["valkey"]
    return Program(
        name="valkey",
        tier=0,
        argv=tuple(valkey.command(home, port)),
        ready=answers(lambda: valkey.is_ready(home, port)),
        address=f"redis://{LOOPBACK}:{port}/0",
        stop_signal=valkey.STOP_SIGNAL,
        # death by the default, SIGKILL: one that still writes its file must not meet the next one there
    )


def _encoder(site: Site) -> Program:
    """Nobody waits for it to start their own work: it loads its model while the databases come up."""
    environment = {
        "ENCODER_API_KEY": site.home.secret("encoder"),
        "ENCODER_CACHE_DIR": str(site.home.models),
        "ENCODER_PRECISION": "int8",
        "ENCODER_THREADS": str(max(1, _cores() - 1)),
        **_logs(site, "ENCODER"),
    }
    timeout_s = ENCODER_START_TIMEOUT_S
    return _web(site, "encoder", "services.encoder", environment, tier=0, waits=False, start_timeout_s=timeout_s)


def _web(
    site: Site,
    name: str,
    package: str,
    environment: Mapping[str, str],
    *,
    tier: int = 1,
    waits: bool = True,
    start_timeout_s: float = 60.0,
) -> Program:
    port = site.ports[name]
    options = ("--host", LOOPBACK, "--port", str(port), "--no-access-log")
    ends = ("--timeout-graceful-shutdown", str(CONNECTIONS_END_S))
    return Program(
        name=name,
        tier=tier,
        argv=(sys.executable, "-m", "uvicorn", f"{package}.app:create_app", "--factory", *options, *ends),
        environment=environment,
        ready=answers_http(port),
        address=site.url(name),
        waits=waits,
        start_timeout_s=start_timeout_s,
    )


def _worker(service: str, environment: Mapping[str, str]) -> Program:
    return Program(
        name=f"{service}-worker",
        tier=1,
        argv=(sys.executable, "-m", f"services.{service}.jobs"),
        environment=environment,
        ready=always,
        grace_s=20,  # a running job is handed back to the queue
    )


def _service(site: Site, name: str) -> dict[str, str]:
    """What every service with a database is told."""
    prefix = name.upper()
    database = postgres.conninfo(site.home, site.ports["postgres"], name)
    return {
        f"{prefix}_DATABASE_URL": database,
        f"{prefix}_DIRECT_DATABASE_URL": database,
        f"{prefix}_JWKS_FILE": str(site.home.identity / "jwks.json"),
        f"{prefix}_SIGNING_KEY_FILE": str(site.home.identity / f"{name}.pem"),
        **_logs(site, prefix),
    }


def _cache(site: Site, name: str) -> dict[str, str]:
    return {f"{name.upper()}_REDIS_URL": valkey.url(site.home, site.ports["valkey"])}


def _model(site: Site) -> Mapping[str, str]:
    first = site.provider or {
        "EMBEDDINGS_MODEL": LOCAL_MODEL,
        "EMBEDDINGS_DIMENSIONS": str(LOCAL_DIMENSIONS),
        "OPENAI_BASE_URL": f"{site.url('encoder')}/v1",
        "OPENAI_API_KEY": site.home.secret("encoder"),
    }
    return {**first, **site.providers}


def _compiled(site: Site) -> dict[str, str]:
    """Where a kernel that was compiled once is found again."""
    return {"NUMBA_CACHE_DIR": str(site.home.models / "numba")}


def _graph(site: Site, services: str) -> dict[str, str]:
    """GraphQL: keeps nothing, so it is told of no database; a service that is not there yet it says so of."""
    return {
        "GRAPH_SERVICES": services,
        "GRAPH_JWKS_FILE": str(site.home.identity / "jwks.json"),
        "GRAPH_SIGNING_KEY_FILE": str(site.home.identity / "graph.pem"),
        **_logs(site, "GRAPH"),
    }


def _gateway(site: Site) -> dict[str, str]:
    behind = {name: site.url(name) for name in (*MIGRATED, "graph")}
    return {
        **site.dashboard,
        "GATEWAY_SERVICES": json.dumps(behind),
        "GATEWAY_SIGNING_KEY_FILE": str(site.home.identity / "gateway.pem"),
        "GATEWAY_JWT_SECRET": site.home.secret("jwt"),
        "GATEWAY_WORKSPACE_CLAIM": "workspace_id",
        "GATEWAY_DATABASE_URL": postgres.conninfo(site.home, site.ports["postgres"], "gateway"),
        **_cache(site, "gateway"),
        **_logs(site, "GATEWAY"),
    }


def _cores() -> int:
    """Those this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _logs(site: Site, prefix: str) -> dict[str, str]:
    return {f"{prefix}_LOG_LEVEL": site.log_level, f"{prefix}_LOG_FORMAT": "console"}
