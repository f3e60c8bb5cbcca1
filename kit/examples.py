"""Examples in an OpenAPI document: those of the models put together into one for each body and each good answer.

A model gives its example (`json_schema_extra={"examples": […]}`); lists, pages and batches of it are made from that.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


class NoExample(Exception):
    """Some part of a schema has no example and none can be told from its type."""


def add_examples(document: dict[str, Any]) -> None:
    """Put an example into each request body and good answer that has none, where its parts have one."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        if "examples" in schema:
            schema["examples"] = [_completed(one, schema, schemas) for one in schema["examples"]]
    for content in _contents(document):
        if "example" not in content and "examples" not in content and "schema" in content:
            try:
                content["example"] = example_of(content["schema"], schemas)
            except NoExample:
                continue


def example_of(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """Return an example that fits a schema; raise NoExample when some required part of it has none."""
    if examples := schema.get("examples"):
        return examples[0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array" and "items" in schema:
        return [example_of(schema["items"], schemas)]
    if "properties" in schema:
        return dict(_properties(schema, schemas))
    raise NoExample


def _properties(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[tuple[str, Any]]:
    """Yield what is required, and of the rest what has an example of its own."""
    required = schema.get("required", ())
    for name, part in schema["properties"].items():
        if name in required or "examples" in part:
            yield name, example_of(part, schemas)
        elif {"type": "null"} in part.get("anyOf", ()) and "default" not in part:
            yield name, None


def _completed(value: Any, schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """Return an example as its model has it: FastAPI drops nulls and sorts names while it writes a document."""
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        else:  # something or nothing
            schema = next((one for one in schema["anyOf"] if one != {"type": "null"}), {})
    if isinstance(value, list):
        return [_completed(one, schema.get("items", {}), schemas) for one in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    required = schema.get("required", ())
    return {
        name: _completed(value.get(name), part, schemas)
        for name, part in schema["properties"].items()
        if name in value or name in required
    }


def _contents(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for operation in path.values():
            yield from operation.get("requestBody", {}).get("content", {}).values()
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    yield from answer.get("content", {}).values()
