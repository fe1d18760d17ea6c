"""The JSON Schemas (draft-07) of ``policy.yaml`` and of overlays for editors: completion, hints, and typos underlined while typing.

Editors see unquoted numbers and booleans as such, so every scalar admits them. The checker says more than a schema can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from tierwise.core.environment import Environment
from tierwise.core.policy.model import (
    DecisionKeys,
    FactDeclaration,
    ModuleKeys,
    ParameterDeclaration,
    PolicyKeys,
    ReadingDeclaration,
    TypeDeclaration,
)
from tierwise.core.policy.overlay import Overlay

__all__ = ["json_schema", "overlay_schema"]

_PARTS: Mapping[str, Any] = {
    "policy": PolicyKeys,
    "type": TypeDeclaration,
    "fact": FactDeclaration,
    "parameter": ParameterDeclaration,
    "reading": ReadingDeclaration,
    "module": ModuleKeys,
    "decision": DecisionKeys,
}
_REFERENCE = "#/definitions/"
_VALIDATION: JsonSchemaMode = "validation"


def json_schema(environment: Environment) -> dict[str, Any]:
    """Return the schema of a policy that may use the forms and kinds of an environment."""
    annotations = {**_PARTS, **{f"form {name}": form.model for name, form in environment.forms.items()}}
    annotations |= {f"kind {name}": kind.keys for name, kind in environment.kinds.items()}
    annotations |= {f"section {name}": section.keys for name, section in environment.sections.items()}
    parts, definitions = _schemas(annotations)
    definitions["decision"] = _decision(parts, definitions, environment)
    definitions["module"] = _module(parts, definitions, environment)
    policy = _object(parts["policy"], definitions)
    policy["properties"] |= {
        "types": _named(parts["type"], "types with a name, which facts, parameters, decisions and fields may have"),
        "facts": _named(parts["fact"], "the typed inputs of a subject"),
        "parameters": _named(parts["parameter"], "numbers, lists and words that rules use"),
        "readings": _named(parts["reading"], "what the source leaves open"),
        "modules": _named({"$ref": _REFERENCE + "module"}, "the parts of the policy, each with a purpose"),
        **{name: {"description": section.about, "allOf": [parts[f"section {name}"]]} for name, section in environment.sections.items()},
    }
    policy["required"] = [*policy.get("required", ()), "facts", "modules"]
    return _whole("Tierwise policy", policy, definitions)


def overlay_schema() -> dict[str, Any]:
    """Return the schema of an overlay; which names it may fill is the policy's to say."""
    parts, definitions = _schemas({"overlay": Overlay})
    return _whole("Tierwise overlay", _object(parts["overlay"], definitions), definitions)


def _whole(title: str, schema: JsonSchemaValue, definitions: Mapping[str, Any]) -> dict[str, Any]:
    used = _used(schema, definitions)
    whole = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **schema, "definitions": definitions}
    written: dict[str, Any] = _as_written(whole)
    return {**written, "definitions": {name: written["definitions"][name] for name in sorted(used)}}


class _Generator(GenerateJsonSchema):
    """Leaves out defaults (they are for code) and lets nothing match what only code can give."""

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        """Admit a short form of what a model is made of (``give: {due_on: due}`` for ``{due_on: {name: due}}``)."""
        inner = super().function_before_schema(schema)
        return _or_short(inner) if schema["schema"]["type"] in ("model", "definition-ref") else inner

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        """Admit a short form, too, of a model that completes it itself (``quarter: [calendar, rolling]``)."""
        inner = super().model_schema(schema)
        return _or_short(inner) if schema["schema"]["type"] == "function-before" and "anyOf" not in inner else inner

    def is_instance_schema(self, schema: Any) -> JsonSchemaValue:
        return {"not": {}}


def _or_short(schema: JsonSchemaValue) -> JsonSchemaValue:
    return {"anyOf": [schema, {"type": "string"}, {"type": "array"}]}


def _schemas(annotations: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    inputs = [(name, _VALIDATION, TypeAdapter(annotation)) for name, annotation in annotations.items()]
    found, extra = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE + "{model}", schema_generator=_Generator)
    return {name: found[name, _VALIDATION] for name in annotations}, dict(extra.get("$defs", {}))


def _decision(parts: Mapping[str, JsonSchemaValue], definitions: Mapping[str, Any], environment: Environment) -> JsonSchemaValue:
    schema = _object(parts["decision"], definitions)
    forms = {name: {"description": form.about, "allOf": [parts[f"form {name}"]]} for name, form in environment.forms.items()}
    schema["properties"] |= forms
    return {**schema, "oneOf": [{"required": [name]} for name in forms]} if forms else schema


def _module(parts: Mapping[str, JsonSchemaValue], definitions: Mapping[str, Any], environment: Environment) -> JsonSchemaValue:
    """Each kind admits its own keys; which they are depends on the word at ``kind``."""
    schema = _object(parts["module"], definitions)
    common = {**schema["properties"], "decisions": _named({"$ref": "#/definitions/decision"}, "what the module decides")}
    kinds = []
    for name, kind in environment.kinds.items():
        own = _object(parts[f"kind {name}"], definitions)
        then = {"description": kind.about, "properties": {**common, **own["properties"]}, "additionalProperties": False}
        kinds.append({"if": {"properties": {"kind": {"const": name}}}, "then": {**then, "required": own.get("required", [])}})
    known = {"kind": {"description": "what the module is for", "enum": list(environment.kinds)}} if kinds else {}
    return {"type": "object", "required": ["kind"], "properties": known, **({"allOf": kinds} if kinds else {})}


def _object(schema: JsonSchemaValue, definitions: Mapping[str, Any]) -> JsonSchemaValue:
    """Return a copy of an object's schema, looked up where it is only named."""
    found = definitions[schema["$ref"].removeprefix(_REFERENCE)] if "$ref" in schema else schema
    if "anyOf" in found:
        found = found["anyOf"][0]
    return {**found, "properties": dict(found.get("properties", {}))}


def _named(schema: JsonSchemaValue, description: str) -> JsonSchemaValue:
    return {"type": "object", "description": description, "additionalProperties": schema}


def _as_written(schema: Any) -> Any:
    """Let every scalar stand unquoted or quoted; drop the titles that pydantic makes of names."""
    if not isinstance(schema, dict):
        return schema
    result: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "definitions"):
            result[key] = {name: _as_written(inner) for name, inner in value.items()}
        elif key in ("anyOf", "allOf", "oneOf"):
            result[key] = [_as_written(inner) for inner in value]
        elif key in ("const", "enum"):
            result["enum"] = _spellings([value] if key == "const" else value)
        elif key == "type":
            result |= _SCALARS.get(value, {"type": value})
        elif key != "title" or schema.get("$schema"):
            result[key] = _as_written(value)
    if "enum" in result:
        result.pop("type", None)
    return result


_SCALARS: Mapping[Any, JsonSchemaValue] = {
    "string": {"type": ["string", "number", "boolean"]},
    "integer": {"type": ["integer", "string"], "pattern": "^[0-9]+$"},
    "boolean": {"enum": [True, False, "true", "false"]},
}


def _spellings(words: Iterable[Any]) -> list[Any]:
    """Return each word, and what an editor takes it for when it stands unquoted."""
    found = []
    for word in words:
        found.append(word)
        if isinstance(word, str) and word.isascii() and word.isdigit():
            found.append(int(word))
        elif word in ("true", "false"):
            found.append(word == "true")
    return found


def _used(schema: Any, definitions: Mapping[str, Any]) -> set[str]:
    """Return the names of the definitions that a schema reaches."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix(_REFERENCE)
            if name in definitions and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found
