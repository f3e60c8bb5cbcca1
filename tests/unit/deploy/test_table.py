"""The process table: what each process is told, what it is not, and that no secret is on a command line."""

import json

import pytest

from deploy.embedded.home import Home, prepare
from deploy.embedded.program import Program
from deploy.embedded.table import LOCAL_MODEL, Site, programs, settle


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return prepare(tmp_path_factory.mktemp("home"))


def table(site: Site) -> dict[str, Program]:
    return {program.name: program for program in programs(site)}


def test_no_secret_is_on_a_command_line(home: Home) -> None:
    secrets = [path.read_text() for path in home.secrets.iterdir() if path.is_file()]
    words = [word for program in programs(settle(home, 8000, {})) for word in program.argv]
    assert not [word for word in words if any(secret in word for secret in secrets)]


def test_every_process_is_told_its_own_settings_only(home: Home) -> None:
    made = table(settle(home, 8000, {}))
    for name in ("crm", "embeddings", "recommend", "churn", "sentiment"):
        for program in (made[name], made[f"{name}-worker"]):
            prefixes = {key.split("_")[0] for key in program.environment}
            assert prefixes <= {name.upper(), "OPENAI", "NUMBA"}
            assert home.secret(name) in program.environment[f"{name.upper()}_DATABASE_URL"]
    assert {key.split("_")[0] for key in made["encoder"].environment} == {"ENCODER"}
    assert {key.split("_")[0] for key in made["gateway"].environment} == {"GATEWAY"}
    assert {key.split("_")[0] for key in made["graph"].environment} == {"GRAPH"}


def test_only_who_uses_redis_is_told_its_password(home: Home) -> None:
    password = home.secret("valkey")
    told = [
        name for name, one in table(settle(home, 8000, {})).items() if password in " ".join(one.environment.values())
    ]
    assert told == [
        "embeddings",
        "embeddings-worker",
        "recommend",
        "recommend-worker",
        "churn",
        "churn-worker",
        "gateway",
    ]


def test_no_service_is_given_an_owners_or_anothers_password(home: Home) -> None:
    made = table(settle(home, 8000, {}))
    for name, other in (("crm", "embeddings"), ("embeddings", "crm")):
        told = " ".join(made[name].environment.values())
        assert not [
            secret for secret in ("postgres", "crm_owner", "embeddings_owner", other) if home.secret(secret) in told
        ]


def test_the_gateway_knows_where_the_services_are(home: Home) -> None:
    made = table(settle(home, 8000, {}))
    services = json.loads(made["gateway"].environment["GATEWAY_SERVICES"])
    assert services == {
        name: made[name].address for name in ("crm", "embeddings", "recommend", "churn", "sentiment", "graph")
    }
    behind = json.loads(made["graph"].environment["GRAPH_SERVICES"])
    assert behind == {name: made[name].address for name in ("crm", "embeddings", "recommend", "churn", "sentiment")}
    assert made["gateway"].address == "http://127.0.0.1:8000"


def test_texts_stay_on_the_machine_unless_another_model_is_named(home: Home) -> None:
    around = {"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": "https://elsewhere"}
    for environment in ({}, around):
        told = table(settle(home, 8000, environment))["embeddings"].environment
        assert told["EMBEDDINGS_MODEL"] == LOCAL_MODEL
        assert told["OPENAI_BASE_URL"].startswith("http://127.0.0.1:")
        assert told["OPENAI_API_KEY"] == home.secret("encoder")
    named = table(settle(home, 8000, {**around, "EMBEDDINGS_MODEL": "text-embedding-3-small"}))
    assert "encoder" not in named
    for name in ("embeddings", "embeddings-worker"):
        assert named[name].environment["OPENAI_API_KEY"] == "key"
        assert named[name].environment["EMBEDDINGS_MODEL"] == "text-embedding-3-small"
        assert home.secret("encoder") not in named[name].environment.values()


def test_more_models_are_told_to_the_embeddings_alone_and_leave_the_local_one_first(home: Home) -> None:
    more = {"EMBEDDINGS_MODELS": '[{"name": "far", "dimensions": 8}]', "EMBEDDINGS_DAILY_TOKENS": "9"}
    made = table(settle(home, 8000, {**more, "HTTPS_PROXY": "http://proxy", "OPENAI_API_KEY": "key"}))
    told = made["embeddings-worker"].environment
    assert told.items() >= {**more, "HTTPS_PROXY": "http://proxy", "EMBEDDINGS_MODEL": LOCAL_MODEL}.items()
    assert told["OPENAI_API_KEY"] == home.secret("encoder")
    assert "encoder" in made
    others = [name for name in made if not name.startswith("embeddings")]
    assert [name for name in others if more.keys() & made[name].environment.keys()] == []


def test_ports_differ_and_the_databases_keep_theirs(home: Home) -> None:
    first, second = settle(home, 8000, {}), settle(home, 8000, {})
    assert len(set(first.ports.values())) == len(first.ports)
    assert [first.ports[name] for name in ("postgres", "valkey")] == [
        second.ports[name] for name in ("postgres", "valkey")
    ]
