"""The JSON schema of scenario files, from which editors complete, explain and check keys."""

import json

from optimize.problem import ProblemFile

HEAD = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
EXTENDS = {
    "type": "string",
    "description": "file that this one is laid over, relative to this one",
}
REPLACE = {
    "type": "boolean",
    "description": "true: this table replaces that of the extended file, it does not merge",
}


def schema_text() -> str:
    """The schema as JSON text, keys of the scenario file's own grammar included."""
    schema = HEAD | ProblemFile.model_json_schema()
    for part in schema["properties"].values():
        if "$ref" in part:
            table = schema["$defs"][part["$ref"].rpartition("/")[2]]
            table["properties"] = {"replace": REPLACE} | table["properties"]
    schema["properties"] = {"extends": EXTENDS} | schema["properties"]
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
