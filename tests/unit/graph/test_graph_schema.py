"""The schema that is served is the contract in the repository: types, fields, nullability, arguments, defaults."""

import re
from pathlib import Path

from graphql import GraphQLSchema, build_schema, lexicographic_sort_schema, parse, print_ast, print_schema

from gateway.graph import execution

CONTRACT = Path(execution.__file__).with_name("schema.graphql")


def bare(schema: GraphQLSchema) -> str:
    """Return a schema in the order of the alphabet and without descriptions."""
    without_words = re.sub(r'""".*?"""', "", print_schema(lexicographic_sort_schema(schema)), flags=re.DOTALL)
    return print_ast(parse(without_words))


def test_the_served_schema_is_the_committed_contract() -> None:
    contract = build_schema(CONTRACT.read_text(encoding="utf-8"))
    assert bare(execution.CORE) == bare(contract)


def test_another_nullability_or_default_would_be_found() -> None:
    contract = CONTRACT.read_text(encoding="utf-8")
    for ours, other in (("icp: IcpScore", "icp: IcpScore!"), ("limit: Int = 50, cursor", "limit: Int = 51, cursor")):
        assert ours in contract
        assert bare(build_schema(contract.replace(ours, other))) != bare(execution.CORE)
