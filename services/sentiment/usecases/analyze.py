"""How any text sounds: by our own model, or by a chat model where one is named; then ours answers while it is away."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kit.db import Pool, workspace
from kit.errors import Unavailable, UpstreamFailed, UpstreamTimeout
from kit.logs import describe, get_logger
from services.sentiment.domain import Sentence, Tone
from services.sentiment.usecases.chat import Chat
from services.sentiment.usecases.serving import Reader, Serving

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Analyzed:
    tone: Tone
    evidence: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Answer:
    """Each text's tone, and what said so."""

    results: Sequence[Analyzed]
    name: str
    version: str
    kind: str


async def analyze(pool: Pool, serving: Serving, chat: Chat | None, workspace_id: UUID, texts: Sequence[str]) -> Answer:
    """Return the tone of each text with the sentences that pushed it."""
    async with workspace(pool, workspace_id) as connection:
        reader = await serving.reader(connection, workspace_id)
    ours = await asyncio.to_thread(read, reader, texts)
    if chat is not None:
        try:
            tones = await chat.read(texts, [one.tone for one in ours])
        except (Unavailable, UpstreamFailed, UpstreamTimeout) as error:
            log.warning("chat_model_away", **describe(error))
        else:
            results = [Analyzed(tone, one.evidence) for tone, one in zip(tones, ours, strict=True)]
            return Answer(results, "chat", chat.model, "chat_model")
    return Answer(ours, "tone", reader.version, reader.kind)


def read(reader: Reader, texts: Sequence[str]) -> list[Analyzed]:
    tones = reader.read(texts)
    return [
        Analyzed(tone, reader.evidence(text, tone) if tone.label != "none" else ())
        for text, tone in zip(texts, tones, strict=True)
    ]
