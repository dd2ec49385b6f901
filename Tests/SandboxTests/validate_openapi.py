"""Checks replies against an OpenAPI 3.1 document.

usage: validate_openapi.py OPENAPI REPLIES

REPLIES has one JSON object per line: method, path, status, body. Prints each operation and status that was
checked, and each violation; exits with 1 when there is any. Needs jsonschema 4 (Debian: python3-jsonschema).
"""

import json
import re
import sys

from jsonschema import Draft202012Validator, FormatChecker

formats = FormatChecker(formats=[])
date_time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@formats.checks("date-time")
def is_date_time(value):
    return not isinstance(value, str) or date_time.fullmatch(value) is not None


@formats.checks("uri")
def is_uri(value):
    return not isinstance(value, str) or re.match(r"[a-z]+://[^ \"<>]+$", value) is not None


@formats.checks("uri-reference")
def is_uri_reference(value):
    return not isinstance(value, str) or re.match(r"[^ \"<>]*$", value) is not None


def operation(document, method, path):
    """The template that matches a path, and what is declared for the method."""
    for template, methods in document["paths"].items():
        pattern = re.sub(r"\\\{[^/]+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in methods:
            return template, methods[method.lower()]
    return None, None


def schema(document, declared, status):
    """The schema of a reply; errors that the document does not list have the shape of those that it does."""
    response = (declared or {}).get("responses", {}).get(str(status))
    if response is None:
        return {"$ref": "#/components/schemas/ErrorResponse"} if status >= 400 else None
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return response["content"]["application/json"]["schema"]


def main(openapi, replies):
    with open(openapi, encoding="utf-8") as file:
        document = json.load(file)
    validators, problems = {}, []
    with open(replies, encoding="utf-8", newline="\n") as file:
        for line in file:
            reply = json.loads(line)
            path = reply["path"].split("?")[0]
            template, declared = operation(document, reply["method"], path)
            found = schema(document, declared, reply["status"])
            name = f"{reply['method']} {template or path} {reply['status']}"
            if found is None:
                problems.append(f"{name}: no such reply is documented")
                continue
            if name not in validators:
                root = {**found, "components": document["components"]}
                validators[name] = Draft202012Validator(root, format_checker=formats)
            for error in validators[name].iter_errors(json.loads(reply["body"])):
                problems.append(f"{name} {error.json_path}: {error.message[:300]}")
    print("\n".join(sorted(validators)))
    print("\n".join(problems[:50]), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
