"""Which model reads a workspace's texts: the shipped one, or the plain rule where somebody rolled it back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kit.db import Connection
from kit.registry import Artifact, ArtifactRefused, Gate, Served, Training, publish
from kit.registry import store as registry
from services.sentiment.domain import Sentence, Tone
from services.sentiment.model import prior as shipped
from services.sentiment.model import tone
from services.sentiment.model.prior import Prior

PLAIN, PLAIN_VERSION = "word_lists", "1"
FEATURES = ("vader", "rated_words", "style", "word_ngrams", "char_ngrams")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads texts by one model: with its weights, or by the plain rule."""

    prior: Prior
    plain: bool = False

    @property
    def version(self) -> str:
        return PLAIN_VERSION if self.plain else self.prior.version

    @property
    def kind(self) -> str:
        return PLAIN if self.plain else "linear"

    def read(self, texts: Sequence[str]) -> list[Tone]:
        return tone.read(self.prior, texts, plain=self.plain)

    def evidence(self, text: str, of: Tone) -> list[Sentence]:
        return tone.evidence(self.prior, text, of, plain=self.plain)


@dataclass(frozen=True, slots=True)
class Serving:
    """What this process holds: the shipped model, and who uses it."""

    prior: Prior
    served: Served[str]

    async def reader(self, connection: Connection, workspace_id: UUID) -> Reader:
        """Return what reads here. Before the first night nothing is registered, and what ships serves."""
        if await self.served.get(connection, workspace_id) is not None:
            return Reader(self.prior)
        known = await registry.models(connection, workspace_id, limit=1)
        return Reader(self.prior, plain=bool(known))

    async def register(self, connection: Connection, workspace_id: UUID) -> None:
        """Name what ships in the workspace's registry, once for each version, so that it can be rolled back there."""
        manifest = self.prior.manifest
        training = Training(
            name=shipped.NAME,
            version=self.prior.version,
            kind="linear",
            artifact=json.dumps({"sha256": manifest["sha256"]}).encode(),
            features=FEATURES,
            libraries=manifest["libraries"],
            metrics={},
            gate=Gate(True, "Shipped: `make quality` holds it to its peers before a release.", PLAIN),
        )
        await publish(connection, workspace_id, training, actor="service:sentiment")


def serving(prior: Prior) -> Serving:
    """Return who serves with this shipped model; a registered version that names other files is refused."""

    def load(artifact: Artifact) -> str:
        if json.loads(artifact.content).get("sha256") != prior.manifest["sha256"]:
            raise ArtifactRefused(artifact.name, artifact.version, "made of other files than those shipped here")
        return artifact.version

    return Serving(prior, Served(shipped.NAME, load))
