"""Every query repeats the workspace: asked of PostgreSQL's own plans, for every table that a query touches.

Row-level security alone would keep tenants apart too, but partial and GIN indexes go unused under it.
A plan cannot be fooled as a search in the text can: each scan of a table must be bound to the very parameter
`workspace_id`, whatever the joins, views and subqueries look like. Made as the running role, the plan also proves
that this role may do what the query does.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.embedded import postgres
from kit.db import TABLES_WITHOUT_WORKSPACE
from tests.architecture import tree

# Utility statements have no plan; both name a table that ends with the transaction and holds one workspace's rows.
NO_PLAN = {
    "services/embeddings/sql/make_incoming.sql": "makes that table",
    "services/embeddings/sql/copy_incoming.sql": "fills it",
    "services/embeddings/sql/drop_incoming.sql": "drops it",
    "services/embeddings/sql/make_placed.sql": "makes such a table for who is in which cluster",
    "services/embeddings/sql/make_incoming_documents.sql": "makes such a table for documents",
    "services/embeddings/sql/copy_incoming_documents.sql": "fills it",
    "services/embeddings/sql/make_incoming_postings.sql": "makes such a table for postings",
    "services/embeddings/sql/copy_incoming_postings.sql": "fills it",
    "services/crm/sql/make_incoming_links.sql": "makes such a table for derived links",
    "services/crm/sql/copy_incoming_links.sql": "fills it",
    "services/crm/sql/make_incoming_people.sql": "makes such a table for places in the graph",
    "services/crm/sql/copy_incoming_people.sql": "fills it",
    "services/recommend/sql/make_incoming_people.sql": "makes such a table for people to meet",
    "services/recommend/sql/copy_incoming_people.sql": "fills it",
    "services/churn/sql/make_incoming_scores.sql": "makes such a table for scores",
    "services/churn/sql/copy_incoming_scores.sql": "fills it",
    "services/sentiment/sql/make_incoming_tones.sql": "makes such a table for tones",
    "services/sentiment/sql/copy_incoming_tones.sql": "fills it",
    "services/sentiment/sql/make_incoming_weeks.sql": "makes such a table for weeks",
    "services/sentiment/sql/copy_incoming_weeks.sql": "fills it",
}
# Queries that are not about one workspace.
NO_WORKSPACE = {
    **NO_PLAN,
    "services/embeddings/sql/stems.sql": "reads no table: asks PostgreSQL's stemmer",
    "kit/jobs/sql/free_queueing_lock.sql": "one row of Procrastinate's own table, which knows no workspaces",
    "services/embeddings/sql/force_index.sql": "settings of the transaction",
    "services/embeddings/sql/let_planner_choose.sql": "settings of the transaction",
    "services/churn/sql/analyze_scores.sql": "lets the planner look at the table, whoever's rows they are",
    "kit/jobs/sql/workspaces.sql": "asks that function for whom there is a night",
    "services/crm/sql/plan_for_any_workspace.sql": "says how to plan, and asks no table",
    "services/crm/sql/owned_elsewhere.sql": "asks the catalogue whose a kind of facts is, for every workspace the same",
    "gateway/proxy/api_keys/sql/known.sql": "finds out whose the shown keys are",
    "gateway/proxy/api_keys/sql/note_uses.sql": "of the keys that one gateway saw, whoever's they are",
    "kit/feed/sql/changed_workspaces.sql": "asks which workspaces have news, of the one function that may know",
}
TENANT_COLUMN = {"workspaces": "id"}  # a workspace is its own tenant; every other table has workspace_id
CONDITIONS = ("Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond")
PARAMETER = re.compile(r"%\((\w+)\)s")

Plan = dict[str, Any]


def with_database() -> list[str]:
    return [house for house in tree.houses() if (tree.ROOT / "services" / house / "migrations").is_dir()]


def queries() -> Iterator[tuple[str, Path]]:
    """Yield every query with each role that runs it: the kit's are run by every service."""
    for path in tree.below("kit", "services", "gateway", suffix=".sql"):
        if path.parent.name == "sql":
            houses = {"kit": with_database(), "gateway": ["gateway"]}.get(path.parts[0], [path.parts[1]])
            yield from ((house, path) for house in houses)


PLANNED = [(house, path) for house, path in queries() if str(path) not in NO_PLAN]


@pytest.mark.parametrize(("house", "path"), PLANNED, ids=lambda part: str(part).removesuffix(".sql"))
def test_every_scan_is_bound_to_the_workspace(database: postgres.Server, house: str, path: Path) -> None:
    text, names = numbered(tree.read(path))
    if str(path) in NO_WORKSPACE:
        assert "workspace_id" not in names
    else:
        assert "workspace_id" in names
    with psycopg.connect(database.conninfo(house)) as connection:
        prepare_temporary_tables(connection, path.parent)
        plan = explain(connection, text)
    assert [scan["Relation Name"] for scan in scans(plan) if not is_bound(scan, names)] == []


def test_the_rule_finds_a_scan_without_its_workspace(database: postgres.Server) -> None:
    text, names = numbered(
        "SELECT c.id FROM crm.contacts c JOIN vectors v ON v.contact_id = c.id WHERE v.workspace_id = %(workspace_id)s"
    )
    with psycopg.connect(database.conninfo("embeddings")) as connection:
        unbound = [scan["Relation Name"] for scan in scans(explain(connection, text)) if not is_bound(scan, names)]
    assert unbound == ["contacts"]


def test_the_rule_finds_a_workspace_taken_from_another_parameter(database: postgres.Server) -> None:
    text, names = numbered("SELECT id FROM jobs WHERE workspace_id = %(id)s AND kind <> %(workspace_id)s::text")
    with psycopg.connect(database.conninfo("crm")) as connection:
        assert not any(is_bound(scan, names) for scan in scans(explain(connection, text)))


def test_exceptions_are_about_queries_that_are_there() -> None:
    assert NO_WORKSPACE.keys() <= {str(path) for _, path in queries()}


def numbered(query: str) -> tuple[str, list[str]]:
    """Return a query with $1, $2 … for its named parameters, and their names in that order."""
    names = list(dict.fromkeys(PARAMETER.findall(query)))
    text = PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", query).replace("%%", "%")
    return text, names


def prepare_temporary_tables(connection: psycopg.Connection[tuple[Any, ...]], folder: Path) -> None:
    for path in sorted((tree.ROOT / folder).glob("*.sql")):
        text = path.read_text()
        if "CREATE TEMPORARY TABLE" in text:
            connection.execute(text)


def explain(connection: psycopg.Connection[tuple[Any, ...]], text: str) -> Plan:
    """Return the plan that serves any parameters; a text with dollars is not to be read as one with parameters."""
    with psycopg.ClientCursor(connection) as cursor:
        row = cursor.execute("EXPLAIN (GENERIC_PLAN, VERBOSE, COSTS OFF, FORMAT JSON) " + text).fetchone()
    assert row is not None
    plan: Plan = row[0][0]["Plan"]
    return plan


def scans(plan: Plan) -> Iterator[Plan]:
    """Yield the nodes of a plan that read one of our tables."""
    ours = "Scan" in plan["Node Type"] and "Relation Name" in plan and not plan["Schema"].startswith("pg_")
    if ours and plan["Relation Name"] not in TABLES_WITHOUT_WORKSPACE:
        yield plan
    for child in plan.get("Plans", ()):
        yield from scans(child)


def is_bound(scan: Plan, names: list[str]) -> bool:
    column = TENANT_COLUMN.get(scan["Relation Name"], "workspace_id")
    parameter = rf"\${names.index('workspace_id') + 1}\b"
    conditions = " ".join(scan.get(name, "") for name in CONDITIONS)
    return re.search(rf"\b{column} = {parameter}", conditions) is not None
