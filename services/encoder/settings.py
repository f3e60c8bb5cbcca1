"""Settings of services/encoder: ENCODER_… variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from kit.settings import Settings


class EncoderSettings(Settings):
    """No database: a key to demand, a folder to build in, and how much of the machine to use."""

    model_config = SettingsConfigDict(env_prefix="ENCODER_")

    api_key: SecretStr = Field(min_length=16, description="bearer key that every caller must send")
    cache_dir: Path = Field(description="built ONNX files; made when missing, safe to delete")
    precision: Literal["int8", "fp32"] = "int8"
    threads: int = Field(default=1, ge=1, le=64, description="turns taken at once, one core each")
    queue_texts: int = Field(default=8_192, ge=2_048, description="texts waiting before 503")
