"""Every path of the contract has its service, and a path that could be read in two ways has none."""

import pytest

from gateway.proxy import routes
from kit.asgi import MIB
from kit.errors import BadRequest, MethodNotAllowed

TABLE = routes.Table(routes.ROUTES)
ID = "3f2c9a1e-0000-4000-8000-000000000000"


def test_graphql_is_asked_by_post_alone_and_counts_as_a_batch() -> None:
    route = TABLE.match("/graphql")
    assert route is not None
    assert (route.service, route.methods, route.cost, route.body_limit_bytes) == ("graph", ("POST",), 10, MIB)


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (f"similar/{ID}", "embeddings"),
        ("search", "embeddings"),
        ("similarities", "embeddings"),
        ("clusters", "embeddings"),
        ("clusters/3", "embeddings"),
        ("embeddings/jobs", "embeddings"),
        ("recommendations", "recommend"),
        ("recommendations/contacts", "recommend"),
        ("recommendations/introductions", "recommend"),
        ("recommendations/feedback", "recommend"),
        (f"recommendations/jobs/{ID}", "recommend"),
        ("churn", "churn"),
        (f"churn/{ID}", "churn"),
        ("churn/batch", "churn"),
        (f"churn/{ID}/feedback", "churn"),
        ("churn/models/churn/versions/3/promote", "churn"),
        ("sentiment", "sentiment"),
        (f"sentiment/{ID}/corrections", "sentiment"),
        ("sentiment/overview", "sentiment"),
        ("sentiment/trend", "sentiment"),
        ("sentiment/analyze", "sentiment"),
        ("icp-score", "icp"),
        ("icp-score/batch", "icp"),
        ("icp-score/profile", "icp"),
        ("icp-score/readiness", "icp"),
        ("crm/contacts", "crm"),
        (f"crm/contacts/{ID}", "crm"),
        ("crm/contacts/merge", "crm"),
        ("crm/imports", "crm"),
        (f"crm/imports/{ID}/rows", "crm"),
    ],
)
def test_each_path_of_the_contract_has_its_service(path: str, service: str) -> None:
    route = TABLE.match(f"/api/ml/{path}")
    assert route is not None
    assert route.service == service


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/api", "/api/ml", "/api/ml/", "/api/ml/crmx", "/api/ml/crm-x/contacts", "/api/ml/search/x",
        "/api/ml/search/", "/api/ml/searching", "/api/ml/icp-scores", "/x/api/ml/crm/contacts", "/API/ml/crm/contacts",
        "/api/mlx/crm", "api/ml/crm/contacts", "/graphql/", "/graphql/x", "/api/ml/graphql", "/livez/x",
    ],
)  # fmt: skip
def test_other_paths_have_none(path: str) -> None:
    assert TABLE.match(path) is None


def test_an_import_may_be_large_and_slow_to_answer() -> None:
    imports, contacts = TABLE.match("/api/ml/crm/imports"), TABLE.match("/api/ml/crm/contacts")
    assert imports is not None
    assert contacts is not None
    assert imports.body_limit_bytes == 256 * MIB
    assert contacts.body_limit_bytes == 16 * MIB
    assert imports.first_byte_timeout_s > contacts.first_byte_timeout_s


@pytest.mark.parametrize(
    "path",
    [
        "/api/ml/crm/../churn", "/api/ml/crm/.", "/api/ml/crm/..", "/api/ml/./crm/contacts", "//api/ml/crm/contacts",
        "/api/ml//crm/contacts", "/api/ml/crm/contacts//", "/api/ml/crm/a\0b", "/api/ml/crm/a\nb", "/api/ml/crm/a\x7fb",
        "/api/ml/crm\\contacts",
    ],
)  # fmt: skip
def test_a_path_that_two_programs_may_read_differently_is_refused(path: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        routes.check_target(path, path.encode())
    assert refusal.value.code == "malformed_path"


def test_a_hidden_slash_is_refused_and_ordinary_escapes_are_not() -> None:
    for raw in (b"/api/ml/crm%2fcontacts", b"/api/ml/crm/contacts%2F1"):
        with pytest.raises(BadRequest):
            routes.check_target("/api/ml/crm/contacts", raw)
    for path in ("/api/ml/crm/a b", "/api/ml/crm/Анна", "/api/ml/crm/...", "/api/ml/crm/.x", "/api/ml/crm/a..b", "/"):
        routes.check_target(path, b"/api/ml/crm/a%20b")


def test_a_method_that_no_route_has_is_refused_with_those_it_has() -> None:
    route = TABLE.match("/api/ml/search")
    assert route is not None
    routes.check_methods(route.path, route.methods, "POST")
    with pytest.raises(MethodNotAllowed) as refusal:
        routes.check_methods(route.path, route.methods, "GET")
    assert refusal.value.headers == {"Allow": "POST"}


def test_every_line_of_the_table_can_be_reached() -> None:
    for route in routes.ROUTES:
        assert TABLE.match(route.key) is route
        if route.open_below:
            assert TABLE.match(route.key + "/x/y/z") is route
