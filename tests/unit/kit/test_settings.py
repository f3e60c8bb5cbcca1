"""Settings: a misspelt variable is refused by its name, a secret is never printed."""

import pytest
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from kit.settings import Settings


class TestSettings(Settings):
    __test__ = False
    model_config = SettingsConfigDict(env_prefix="REHEARSAL_")

    password: SecretStr
    workers: int = 1
    addresses: dict[str, str] = Field(default_factory=dict)
    key: SecretStr = Field(default=SecretStr(""), validation_alias="PROVIDER_KEY")


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_PASSWORD", "hunter2")


def test_a_misspelt_variable_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_PASWORD", "hunter3")
    with pytest.raises(ValidationError, match="REHEARSAL_PASWORD") as refused:
        TestSettings()
    assert "hunter" not in str(refused.value)


def test_a_variable_that_another_name_replaces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_KEY", "hunter3")
    with pytest.raises(ValidationError, match="REHEARSAL_KEY"):
        TestSettings()


def test_a_bad_value_is_named_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REHEARSAL_WORKERS", "hunter2")
    with pytest.raises(ValidationError, match="workers") as refused:
        TestSettings()
    assert "hunter2" not in str(refused.value)
    monkeypatch.setenv("REHEARSAL_WORKERS", "2")
    monkeypatch.setenv("REHEARSAL_ADDRESSES", "{hunter2")
    with pytest.raises(SettingsError, match="addresses") as unreadable:
        TestSettings()
    assert "hunter2" not in str(unreadable.value)


def test_secrets_are_not_printed() -> None:
    settings = TestSettings()
    assert settings.password.get_secret_value() == "hunter2"
    assert "hunter2" not in f"{settings} {settings!r} {settings.model_dump_json()}"


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValidationError):
        TestSettings().workers = 2  # type: ignore[misc]  # that is the point
