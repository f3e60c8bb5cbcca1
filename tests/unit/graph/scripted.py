"""Services that answer by SPEC §4's shapes as a test tells them, behind the httpx seam; every call is counted."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import httpx

Body = dict[str, Any]
Script = Callable[[httpx.Request], httpx.Response | Body]

REASON = {
    "code": "silence",
    "direction": "up",
    "text": "47 days of silence",
    "feature": "days_since_touch",
    "value": 47,
    "comparison": 20,
    "contribution": 0.4,
}


def person(number: int) -> str:
    return str(UUID(int=number))


def row(contact_id: str) -> Body:
    number = UUID(contact_id).int
    return {
        "id": contact_id,
        "first_name": f"First {number}",
        "last_name": f"Last {number}",
        "organization": "Acme",
        "title": None,
        "tags": ["mentor"],
        "influence_score": 0.5,
    }


def shown(contact_id: str) -> Body:
    return {name: row(contact_id)[name] for name in ("id", "first_name", "last_name", "organization", "title")}


def churn(contact_id: str) -> Body:
    return {
        "contact_id": contact_id,
        "churn_probability": 0.8,
        "risk_level": "HIGH",
        "state": "active",
        "horizon_days": 90,
        "interventions": [{"code": "reach_out", "text": "Reach out", "contact_id": None}],
        "reasons": [REASON],
    }


def sentiment(contact_id: str) -> Body:
    parts = {"tags": 1.0, "notes": None, "interactions": 0.2}
    return {
        "contact_id": contact_id,
        "overall_sentiment": 0.6,
        "sentiment_label": "Very Positive",
        "components": parts,
        "evidence": [],
    }


def icp(account_id: str, *, explain: bool) -> Body:
    return {
        "account_id": account_id,
        "icp_score": 8.2,
        "priority": "high",
        "probability": 0.8,
        "fit": 0.8,
        "intent": 0.4,
        "reasons": [REASON] if explain else [],
    }


class World:
    """All six services in one transport: a script for each path, the usual one unless a test gives another."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.requests: list[httpx.Request] = []
        self.scripts: dict[str, Script] = {}
        self.down: set[str] = set()  # services that cannot be reached

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def body_of(self, path: str) -> Body:
        """Return what the last request for a path carried."""
        sent = next(one for one in reversed(self.requests) if one.url.path == f"/api/ml{path}")
        body: Body = json.loads(sent.content)
        return body

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/ml")
        self.calls[path] += 1
        self.requests.append(request)
        if request.url.host in self.down:
            raise httpx.ConnectError("told to be down")
        script = self.scripts.get(path) or next(usual for start, usual in USUAL.items() if path.startswith(start))
        answer = script(request)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def refuse(status: int, **problem: Any) -> Script:
    return lambda _request: httpx.Response(status, json={"status": status, **problem})


def _asked(request: httpx.Request) -> Body:
    body: Body = json.loads(request.content)
    return body


def _limit(request: httpx.Request, default: int) -> int:
    return int(request.url.params.get("limit", default))


def _recommended(request: httpx.Request) -> Body:
    ids = [person(1 + n) for n in range(_limit(request, 20))]
    parts = {"mutual_contacts": 0.3, "semantic_similarity": None, "influence": 0.9, "same_organization": 1}
    item = {"score": 0.9, "reason": "3 mutual contacts", "reasons": [REASON], "parts": parts}
    items = [{"id": one, "contact": shown(one), **item} for one in ids]
    return {"items": items, "next_cursor": None, "status": "scored", "missing": [], "below_min_score": 7}


def _similar(request: httpx.Request) -> Body:
    limit = _asked(request).get("limit", 10) if request.content else _limit(request, 10)
    items = [shown(person(1000 + n)) | {"similarity": 0.7, "match": []} for n in range(limit)]
    return {"items": items, "next_cursor": None, "exhaustive": True, "degraded": False}


def _similar_of_many(request: httpx.Request) -> Body:
    asked = _asked(request)
    near = {one: [person(UUID(one).int * 1000 + n) for n in range(asked["limit"])] for one in asked["contact_ids"]}
    items = [{"contact_id": one, "ids": ids, "similarities": [0.7] * len(ids)} for one, ids in near.items()]
    people = [{**shown(one), "tags": ["mentor"]} for one in {one for ids in near.values() for one in ids}]
    return {"items": items, "people": people, "next_cursor": None}


def _rows(request: httpx.Request) -> Body:
    return {"items": [row(one) for one in sorted(_asked(request)["ids"]) if UUID(one).int], "next_cursor": None}


def _accounts(request: httpx.Request) -> Body:
    known = {"name": "Acme", "domain": "acme.example", "industry": None, "employee_count": 12}
    return {"items": [{"id": one, **known} for one in _asked(request)["ids"]], "next_cursor": None}


def _churn_of_many(request: httpx.Request) -> Body:
    """Each answer below its own name, as services/churn has it."""
    ids = _asked(request)["contact_ids"]
    return {"items": [{"index": n, "contact_id": one, "error": None, "churn": churn(one)} for n, one in enumerate(ids)]}


def _sentiment_of_many(request: httpx.Request) -> Body:
    return {"items": [sentiment(one) for one in _asked(request)["contact_ids"]]}


def _icp_of_many(request: httpx.Request) -> Body:
    asked = _asked(request)
    return {"items": [icp(one["account_id"], explain=asked["explain"]) for one in asked["items"]]}


def _pursued(request: httpx.Request) -> Body:
    items = [
        {"account_id": person(5000 + n), "score": 0.8, "propensity": 0.1, "explore": False, "reason": "fits",
         "reasons": [REASON], "account": {"id": person(5000 + n), "name": "Acme"}}
        for n in range(_limit(request, 20))
    ]  # fmt: skip
    return {"decision_id": person(77), "policy": "linucb", "items": items}


def _cluster(request: httpx.Request) -> Body:
    members = [{**shown(person(3000 + n)), "similarity": 0.8} for n in range(_limit(request, 50))]
    more = {"silhouette": 0.1, "members": members, "next_cursor": "next"}
    return {"id": 2, "size": 300, "top_topics": ["law"], "x": 0.1, "y": 0.2, "radius": 0.1, **more}


def _clusters(request: httpx.Request) -> Body:
    one = {"size": 300, "top_topics": ["law"], "x": 0.1, "y": 0.2, "radius": 0.1}
    members = [{**shown(person(3000 + n)), "similarity": 0.8} for n in range(int(request.url.params.get("members", 0)))]
    items = [{"id": number, **one, "members": members} for number in (1, 2)]
    return {"items": items, "next_cursor": None, "status": "scored"}


# The first that a path begins with counts.
USUAL: Mapping[str, Script] = {
    "/recommendations/contacts": _recommended,
    "/recommendations/feedback": lambda _request: {"status": "accepted"},
    "/recommendations": _pursued,
    "/similar/batch": _similar_of_many,
    "/similar/": _similar,
    "/search": _similar,
    "/crm/contacts/batch": _rows,
    "/crm/accounts/batch": _accounts,
    "/churn/batch": _churn_of_many,
    "/churn": lambda request: {"items": [churn(person(n)) for n in range(_limit(request, 50))], "next_cursor": "more"},
    "/sentiment/batch": _sentiment_of_many,
    "/sentiment/overview": lambda _request: {
        "average_sentiment": 0.2, "positive_count": 3, "neutral_count": 2, "negative_count": 1,
    },
    "/icp-score/batch": _icp_of_many,
    "/clusters/": _cluster,
    "/clusters": _clusters,
}  # fmt: skip
