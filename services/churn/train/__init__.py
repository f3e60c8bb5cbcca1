"""Learns which ties fall silent from those that did, and lets a model serve only where it is proved better.

look_back(log: Log, as_of_day: float) -> Examples
    Ties of past instants, each instant closed by `as_of_day`, with what came of them: of the workspace's own people
    and of all ordered pairs of contacts. Raises TooFewExamples. Rows without ids: what a workspace that opted in
    gives to the pool.

train(examples: Examples, as_of: datetime, *, pooled: Examples | None = None) -> kit.registry.Training
    What was learned from the workspace's own examples, blended with the pool's where there is one and with the shipped
    prior; with metrics, baselines, reliability and the gate's reason. Raises TooFewExamples where there is nothing to
    learn from (one class, too few ties). Takes a minute or so: call it outside the event loop.
"""

from services.churn.train.publish import train
from services.churn.train.windows import look_back

__all__ = ["look_back", "train"]
