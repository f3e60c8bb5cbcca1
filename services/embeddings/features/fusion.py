"""How words, n-grams and meaning become one order: docs/decisions/0010-search.md."""

from collections.abc import Sequence

import numpy as np

from services.embeddings.domain import Among, Filters
from services.embeddings.domain.search import Asked, Candidate, LookedUp
from services.embeddings.features.documents import filter_terms, gram_terms, name_terms, stem_terms
from services.embeddings.features.postings import Numbers, Scores, bm25, saying_all

# Beside a cosine: where job titles and Cranfield are both better than either side alone.
WORDS_WEIGHT = 0.5
GRAMS_WEIGHT = 0.2


def among(found: LookedUp, filters: Filters) -> Among | None:
    """Return who meets the filters; None where there are none, and everybody does."""
    terms = filter_terms(filters)
    return saying_all(found.sayers, terms, found.totals.next_number) if terms else None


def lexical_scores(asked: Asked, found: LookedUp, meant: Among | None) -> Scores:
    """Return for each number what its document's words add to a cosine; 0 for whom the filters leave out."""
    scores = WORDS_WEIGHT * words_scores(asked, found) + GRAMS_WEIGHT * grams_scores(asked, found)
    return scores if meant is None else scores * meant


def words_scores(asked: Asked, found: LookedUp) -> Scores:
    """Return how much of the query each document says in words: stems, and names as they are."""
    return bm25(
        found.sayers,
        stem_terms(asked),
        name_terms(asked),
        documents=found.totals.documents,
        length=found.totals.words,
        capacity=found.totals.next_number,
    )


def grams_scores(asked: Asked, found: LookedUp) -> Scores:
    return bm25(
        found.sayers,
        gram_terms(asked) - found.left_out,
        set(),
        documents=found.totals.documents,
        length=found.totals.grams,
        capacity=found.totals.next_number,
    )


def best(scores: Scores, limit: int) -> Numbers:
    """Return the numbers with the highest scores above 0, best first, the lower number first among equals."""
    above = np.flatnonzero(scores)
    found = scores[above]
    if len(above) > limit:
        enough = found >= np.partition(found, -limit)[-limit]
        above, found = above[enough], found[enough]
    order: Numbers = above[np.argsort(-found, kind="stable")][:limit]
    return order


def rank(candidates: Sequence[Candidate], scores: Scores, *, min_similarity: float, limit: int) -> list[Candidate]:
    """Return the best candidates, best first. One without a vector has no similarity to fall under a minimum."""

    def fused(one: Candidate) -> float:
        said = float(scores[one.number]) if one.number is not None and one.number < len(scores) else 0.0
        return (one.similarity or 0.0) + said

    passing = [one for one in candidates if one.similarity is None or one.similarity >= min_similarity]
    return sorted(passing, key=lambda one: (-fused(one), one.contact_id))[:limit]
