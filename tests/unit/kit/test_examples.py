"""Examples of a document are put together from those of its models, and never guessed."""

from typing import Any

import pytest

from kit.examples import NoExample, add_examples, example_of

PERSON: dict[str, Any] = {
    "type": "object",
    "required": ["name", "title"],
    "properties": {
        "name": {"type": "string"},
        "title": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "examples": [{"tags": ["senior"], "name": "Jeff"}],
}
PAGE: dict[str, Any] = {
    "type": "object",
    "required": ["items", "kind"],
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Person"}},
        "kind": {"enum": ["people", "firms"]},
        "next_cursor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "note": {"type": "string"},
        "word": {"type": "string", "examples": ["trader"]},
    },
}
PAIR: dict[str, Any] = {
    "type": "object",
    "properties": {"other": {"anyOf": [{"$ref": "#/components/schemas/Person"}, {"type": "null"}]}},
    "examples": [{"other": {"name": "Jeff"}}],
}
SCHEMAS = {"Person": PERSON, "Page": PAGE}


def test_a_page_is_made_of_the_example_of_what_is_in_it() -> None:
    made = example_of({"$ref": "#/components/schemas/Page"}, SCHEMAS)
    assert made == {"items": PERSON["examples"], "kind": "people", "next_cursor": None, "word": "trader"}


def test_what_has_no_example_is_not_made_up() -> None:
    for schema in ({"type": "string"}, {"properties": {"id": {"type": "string"}}, "required": ["id"]}):
        with pytest.raises(NoExample):
            example_of(schema, {})


def test_a_document_gets_them_in_bodies_and_good_answers_only_with_nulls_and_the_models_order() -> None:
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}
    given: dict[str, Any] = {
        "application/json": {"schema": {"$ref": "#/components/schemas/Person"}, "example": {"name": "own"}}
    }
    bare: dict[str, Any] = {"application/json": {"schema": {"type": "string"}}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"content": given}, "404": {}}}
    other = {"responses": {"200": {"content": bare}, "204": {}}}
    document = {"components": {"schemas": {"Person": dict(PERSON)}}, "paths": {"/x": {"put": operation, "get": other}}}
    add_examples(document)
    made = content["application/json"]["example"]
    assert list(made) == ["name", "title", "tags"]
    assert made == {"name": "Jeff", "title": None, "tags": ["senior"]}
    assert given["application/json"]["example"] == {"name": "own"}
    assert "example" not in bare["application/json"]


def test_nulls_are_put_back_in_what_need_not_be_there_too() -> None:
    document = {"components": {"schemas": {"Person": dict(PERSON), "Pair": dict(PAIR)}}, "paths": {}}
    add_examples(document)
    assert document["components"]["schemas"]["Pair"]["examples"] == [{"other": {"name": "Jeff", "title": None}}]
