"""The compose file against the code: every process gets the settings it knows, and no more rights than it needs."""

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers.prepare import MOUNTED, environments, prepare
from gateway.graph.settings import GraphSettings
from gateway.proxy.settings import GatewaySettings
from kit.settings import Settings
from services.churn.settings import ChurnSettings
from services.crm.settings import CrmSettings
from services.embeddings.settings import EmbeddingsSettings
from services.encoder.settings import EncoderSettings
from services.recommend.settings import RecommendSettings
from services.sentiment.settings import SentimentSettings

REPOSITORY = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "deploy/compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SETTINGS: dict[str, type[Settings]] = {
    "crm": CrmSettings,
    "crm-worker": CrmSettings,
    "embeddings": EmbeddingsSettings,
    "embeddings-worker": EmbeddingsSettings,
    "recommend": RecommendSettings,
    "recommend-worker": RecommendSettings,
    "churn": ChurnSettings,
    "churn-worker": ChurnSettings,
    "sentiment": SentimentSettings,
    "sentiment-worker": SentimentSettings,
    "encoder": EncoderSettings,
    "graph": GraphSettings,
    "gateway": GatewaySettings,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    prepare(tmp_path, {})
    return tmp_path


def environment_of(service: str, home: Path) -> dict[str, str]:
    """Return what compose would give the process: the environment file's variables and the file's own."""
    variables: dict[str, str] = {}
    for name in SERVICES[service].get("env_file", []):
        path = home / name.partition("}/")[2]
        variables |= dict(line.split("=", 1) for line in path.read_text().splitlines())
    given = SERVICES[service].get("environment", {})
    return variables | {key: str(value).partition(":-")[2].rstrip("}") or value for key, value in given.items()}


@pytest.mark.parametrize("service", SETTINGS)
def test_a_process_gets_every_setting_it_demands_and_none_it_does_not_know(
    service: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in environment_of(service, home).items():
        monkeypatch.setenv(key, value)
    known = SETTINGS[service]()
    prefix = str(known.model_config["env_prefix"])
    assert [key for key in environment_of(service, home) if not key.startswith((prefix, "OPENAI_", "UVICORN_"))] == []


def test_settings_are_checked_for_every_process_that_has_some() -> None:
    others = {"database", "provision", "valkey"}
    others |= {f"{house}-migration" for house in ("crm", "embeddings", "recommend", "churn", "sentiment", "gateway")}
    assert set(SERVICES) - others == set(SETTINGS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_read_only_without_capabilities_and_without_more_to_gain(service: str) -> None:
    container = SERVICES[service]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert "no-new-privileges" in container["security_opt"]
    assert "privileged" not in container
    assert "cap_add" not in container


def test_only_the_gateway_is_reached_from_outside_and_only_from_this_machine() -> None:
    published = {name: container["ports"] for name, container in SERVICES.items() if "ports" in container}
    assert list(published) == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in published["gateway"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_a_container_mounts_is_made_and_readable_in_it(service: str, home: Path) -> None:
    for secret in SERVICES[service].get("secrets", []):
        name = secret if isinstance(secret, str) else secret["source"]
        path = COMPOSE["secrets"][name]["file"].partition("/secrets/")[2]
        assert path in MOUNTED
        assert stat.S_IMODE((home / "secrets" / path).stat().st_mode) == 0o444


def test_a_service_mounts_no_other_services_key() -> None:
    for name in (
        "crm",
        "crm-worker",
        "embeddings",
        "embeddings-worker",
        "recommend",
        "recommend-worker",
        "graph",
        "churn",
        "churn-worker",
        "sentiment",
        "sentiment-worker",
        "gateway",
    ):
        keys = [secret["source"] for secret in SERVICES[name]["secrets"] if isinstance(secret, dict)]
        assert keys == [f"{name.removesuffix('-worker')}_key"]


def test_folders_with_secrets_are_closed_to_others_and_environment_files_to_all_but_their_owner(home: Path) -> None:
    for folder in ("secrets", "secrets/identity", "environment"):
        assert stat.S_IMODE((home / folder).stat().st_mode) == 0o700
    for path in (home / "environment").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_preparing_again_changes_no_secret(home: Path) -> None:
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    prepare(home, {})
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_a_key_that_happens_to_be_around_sends_no_text_away(home: Path) -> None:
    given = environments(home / "secrets", {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "https://elsewhere.example"})
    assert given["embeddings"]["OPENAI_BASE_URL"] == "http://encoder:8000/v1"
    assert given["embeddings"]["OPENAI_API_KEY"] != "k"


def test_who_names_a_model_chooses_the_provider(home: Path) -> None:
    outside = {
        "EMBEDDINGS_MODEL": "text-embedding-3-small",
        "EMBEDDINGS_DIMENSIONS": "1536",
        "OPENAI_BASE_URL": "https://elsewhere.example/v1",
        "OPENAI_API_KEY": "k",
    }
    assert outside.items() <= environments(home / "secrets", outside)["embeddings"].items()


def test_every_house_with_a_lock_has_its_image_built_once() -> None:
    built = {container["build"]["args"]["SERVICE"] for container in SERVICES.values() if "build" in container}
    locks = {*REPOSITORY.glob("services/*/requirements.lock"), REPOSITORY / "gateway/requirements.lock"}
    assert built == {lock.parent.name for lock in locks}
    used = {container["image"] for container in SERVICES.values()}
    assert {image for image in used if image.startswith("rapport/")} == {f"rapport/{name}" for name in built}
