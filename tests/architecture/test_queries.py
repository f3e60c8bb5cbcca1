"""Queries are files: each says what it answers and has one caller, and there is no SQL anywhere else."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import tree

LOADERS = {"_query": 0, "load_query": 1}  # which argument is the query's name
QUERIES = [path for path in tree.below(*tree.PRODUCT, suffix=".sql") if path.parent.name == "sql"]
PRODUCT = tree.below("kit", "services", "gateway", "deploy", suffix=".py")
STATEMENT = re.compile(
    r"\s*(?:SELECT\b|INSERT INTO\b|UPDATE \S+\s+SET\b|DELETE FROM\b|MERGE INTO\b|WITH \w+ AS\b|COPY \w|SET \w+ ?[=T]"
    r"|(?:CREATE|ALTER|DROP|TRUNCATE|COMMENT ON) [A-Z]|(?:GRANT|REVOKE) \w+|LISTEN \w|NOTIFY \w|VACUUM|ANALYZE)"
)

# What cannot be a query file of a service, and why.
SQL_IN_CODE = {
    (
        "kit/db.py",
        "SELECT set_config('app.workspace_id', %s, true), set_config('application_name', %s, true)",
    ): "opens every workspace transaction",
    ("kit/feed/__init__.py", "LISTEN crm_changes"): "not a query: it has no result and no parameters",
    ("kit/migrate.py", "SET lock_timeout = '10s';"): "makes the table that the first migration needs",
    ("kit/migrate.py", "SELECT set_config('lock_timeout', %s, false)"): "the migrating session, before any schema",
    ("kit/migrate.py", "SELECT pg_advisory_lock(hashtext('rapport.migrate'), hashtext(%s))"): "as above",
    ("kit/migrate.py", "REVOKE INSERT, UPDATE, DELETE ON migrations FROM {}"): "names a role, which is no parameter",
    ("kit/migrate.py", "SELECT to_regclass('migrations') IS NOT NULL"): "readiness, before there may be a table",
    ("kit/migrate.py", "SELECT name FROM migrations"): "readiness: the table of migrations itself",
    ("kit/migrate.py", "SELECT name, sha256 FROM migrations"): "the table of migrations itself",
    ("kit/migrate.py", "INSERT INTO migrations (name, sha256) VALUES (%s, %s)"): "as above",
}


@pytest.mark.parametrize("path", QUERIES, ids=str)
def test_a_query_begins_with_what_it_answers(path: Path) -> None:
    first, second, *_ = tree.read(path).splitlines()
    assert re.fullmatch(r"-- \S.*[.:?]", first)
    assert second.strip()


@pytest.mark.parametrize("path", QUERIES, ids=str)
def test_a_query_is_one_statement_with_named_parameters(path: Path) -> None:
    text = re.sub(r"--.*", "", tree.read(path)).strip()
    assert ";" not in text.removesuffix(";")
    assert not re.search(r"%(?![(%])", text)


def test_every_query_has_one_caller_and_every_caller_a_query() -> None:
    loaded = Counter(query for path in PRODUCT for query in loads(path))
    assert {path: count for path, count in loaded.items() if count > 1} == {}
    assert loaded.keys() == set(QUERIES)


def test_sql_is_in_query_files_only() -> None:
    found = {(str(path), line) for path in PRODUCT for line in statements(path)}
    assert found == SQL_IN_CODE.keys()


def loads(path: Path) -> Iterator[Path]:
    """Yield the query files a module loads; a name that is not written out would hide which one it is."""
    for node in ast.walk(tree.parse(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in LOADERS:
            argument = node.args[LOADERS[ast.unparse(node.func).split(".")[-1]]]
            assert isinstance(argument, ast.Constant), f"{path}:{node.lineno} loads a query by a computed name"
            yield sql_folder(path) / f"{ast.literal_eval(argument)}.sql"


def sql_folder(path: Path) -> Path:
    folders = {query.parent for query in QUERIES}
    return next(parent / "sql" for parent in path.parents if parent / "sql" in folders)


def statements(path: Path) -> Iterator[str]:
    """Yield the first line of every text in a module that is SQL or is executed; docstrings are prose."""
    module = tree.parse(path)
    prose = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    executed = {id(text) for node in ast.walk(module) if isinstance(node, ast.Call) for text in executed_texts(node)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in prose:
            continue
        if STATEMENT.match(node.value) or id(node) in executed:
            yield node.value.strip().splitlines()[0]


def executed_texts(call: ast.Call) -> Iterator[ast.Constant]:
    runs = isinstance(call.func, ast.Attribute) and call.func.attr in {"execute", "executemany", "copy", "SQL"}
    if runs and call.args:
        text = call.args[0]
        yield from (one for one in getattr(text, "values", [text]) if isinstance(one, ast.Constant))
