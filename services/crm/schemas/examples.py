"""One realistic example of each model, from the sample CRM: what the documentation shows."""

from typing import Any

from pydantic.config import JsonDict

JEFF = "5f0c1d8e-6f0b-4c55-9b1e-2a8f4f0d2c20"
RICHARD = "c1a4b7d0-92f3-4e0e-8a55-7d3b6e1f5a43"
LOUISE = "2e9d7b64-0c1f-4d7a-b5a8-91f2c3d4e501"
FIRM = "8b1f3a72-54c6-4f0d-a0e9-3c7d5b9e1f12"
RECORDED = "2026-11-23T09:30:00Z"
CAME = {"source": "enron", "external_id": "20"}


def _shown(example: dict[str, Any]) -> JsonDict:
    return {"examples": [example]}


_CONTACT = {
    "first_name": "Jeff",
    "last_name": "Dasovich",
    "organization": "Regulatory and Government Affairs",
    "title": "Director",
    "emails": ["jeff.dasovich@enron.example"],
    "tags": ["legal", "senior"],
    "notes": "Writes about California, puc, Edison.",
}
_CONTACT_READ: dict[str, Any] = {
    "id": JEFF,
    **CAME,
    **_CONTACT,
    "phones": [],
    "urls": [],
    "account_id": FIRM,
    "influence_score": 0.97,
    "community_id": 3,
    "custom": {},
    "created_at": RECORDED,
    "updated_at": RECORDED,
    "archived_at": None,
    "recorded_at": RECORDED,
}
_VERSION = {"version": 7, "valid_from": RECORDED}
CONTACT_IN = _shown({**CAME, **_CONTACT})
CONTACT_OUT = _shown(_CONTACT_READ)
CONTACT_VERSION_OUT = _shown(_CONTACT_READ | _VERSION)

_USER = {"name": "Louise Kitchen", "email": "louise.kitchen@enron.example", "role": "sales"}
USER_IN = _shown({"source": "enron", "external_id": "u1", "contact_id": LOUISE, **_USER})
USER_OUT = _shown(
    {
        "id": "0b8f7c2e-5d7a-4d53-8a0f-2f1f4c0c9a10",
        "source": "enron",
        "external_id": "u1",
        "contact_id": LOUISE,
        **_USER,
        "created_at": RECORDED,
        "updated_at": RECORDED,
        "recorded_at": RECORDED,
    }
)

_ACCOUNT = {
    "name": "Stripe",
    "domain": "stripe.com",
    "industry": "Fintech",
    "description": "Economic infrastructure for the internet.",
    "tags": ["fintech", "payments"],
    "employee_count": 7000,
    "country": "US",
}
_ACCOUNT_KEY = {"source": "yc", "external_id": "stripe"}
_ACCOUNT_READ = {
    "id": FIRM,
    **_ACCOUNT_KEY,
    **_ACCOUNT,
    "funding_stage": None,
    "last_funding_at": None,
    "tech_stack": ["ruby", "go"],
    "owner_user_id": None,
    "custom": {},
    "created_at": RECORDED,
    "updated_at": RECORDED,
    "recorded_at": RECORDED,
}
ACCOUNT_IN = _shown({**_ACCOUNT_KEY, **_ACCOUNT})
ACCOUNT_OUT = _shown(_ACCOUNT_READ)
ACCOUNT_VERSION_OUT = _shown(_ACCOUNT_READ | _VERSION)

_SIGNAL = {
    "account_id": FIRM,
    "observed_at": "2026-11-20T00:00:00Z",
    "engineering_role_count": 12,
    "has_open_engineering_roles": True,
    "total_open_roles": 31,
    "has_engineering_blog": True,
    "extra": {},
}
_RUN = {
    "account_id": FIRM,
    "user_id": None,
    "ran_at": "2026-11-21T14:00:00Z",
    "findings": {"employee_count": 7200, "tech_stack": ["ruby", "go", "kafka"]},
}
_CLICK = {
    "user_id": "0b8f7c2e-5d7a-4d53-8a0f-2f1f4c0c9a10",
    "account_id": FIRM,
    "action": "outreach",
    "occurred_at": "2026-11-22T10:15:00Z",
    "context": {},
}
_LINK = {"contact_a": JEFF, "contact_b": RICHARD, "strength": 0.8, "since": "2025-02-01T00:00:00Z"}
_MAIL = {
    "contact_id": JEFF,
    "counterpart_id": RICHARD,
    "user_id": None,
    "kind": "email",
    "direction": "out",
    "occurred_at": "2026-11-19T16:42:00Z",
    "summary": "Call with Edison about the memorandum",
}


def _pair(number: int, row: dict[str, Any]) -> tuple[JsonDict, JsonDict]:
    """Return how a row is pushed and how it is read."""
    key = {"source": "crm", "external_id": str(number)}
    return _shown({**key, **row}), _shown(
        {"id": f"3d2c1b0a-0000-4000-8000-{number:012}", **key, **row, "recorded_at": RECORDED}
    )


ACCOUNT_SIGNAL_IN, ACCOUNT_SIGNAL_OUT = _pair(901, _SIGNAL)
RESEARCH_RUN_IN, RESEARCH_RUN_OUT = _pair(902, _RUN)
USER_INTERACTION_IN, USER_INTERACTION_OUT = _pair(903, _CLICK)
LINK_OUT = _pair(904, _LINK)[1]
LINK_IN = _shown({"source": "crm", **_LINK})
INTERACTION_IN, INTERACTION_OUT = _pair(905, _MAIL)

OUTCOME = _shown({"index": 0, "id": JEFF, "status": "created", "error": None})
WORKSPACE_IN = _shown({"name": "Enron", "locale": "en", "timezone": "America/Chicago"})
WORKSPACE_OUT = _shown(
    {
        "id": "9d3f7c1a-0000-4000-8000-000000000001",
        "name": "Enron",
        "locale": "en",
        "timezone": "America/Chicago",
        "pooled_training": False,
    }
)
_MEMBER = {"id": JEFF, "first_name": "Jeff", "last_name": "Dasovich", "influence_score": 0.97}
COMMUNITY = _shown({"id": 3, "size": 41, "top_members": [_MEMBER]})
INFLUENTIAL = _shown(
    {
        **_MEMBER,
        "organization": "Regulatory and Government Affairs",
        "title": "Director",
        "community_id": 3,
    }
)
DUPLICATES = _shown({"ids": [JEFF, RICHARD], "reasons": ["email"], "score": 0.95})
MERGE_IN = _shown({"keep": JEFF, "merge": [RICHARD]})
MERGE_OUT = _shown(
    {
        "id": "6c5b4a39-2817-4060-9504-a3b2c1d0e0f1",
        "kept_id": JEFF,
        "merged_ids": [RICHARD],
        "recorded_at": RECORDED,
    }
)
READINESS = _shown(
    {"items": [{"kind": "contacts", "have": 156, "minimum": 3, "optimal": 150}], "next_cursor": None},
)
FILE = "first_name,last_name,organization,title\nJeff,Dasovich,Regulatory and Government Affairs,Director\n"
