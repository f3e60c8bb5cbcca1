"""The one model of the encoder: its weights, the graph made of them, and running it."""

from services.encoder.model.encode import Encoder, TokenIds, load_encoder

__all__ = ["Encoder", "TokenIds", "load_encoder"]
