#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The schema of scenarios in the eyes of another validator, python3-jsonschema: it
# is a schema, what is in the project follows it, and of the bad scenarios it
# refuses those and only those that dreamctl refuses by the schema.

cd "$(dirname "$0")/../.." || exit 1
python=${PYTHON:-/usr/bin/python3}

if ! $python -c 'import jsonschema' 2>/dev/null; then
	echo "1..0 # SKIP python3-jsonschema is not there"
	exit 4
fi
exec $python - <<'END'
import copy
import glob
import json
import sys

from jsonschema import Draft7Validator

count = failed = 0


def ok(name, good):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} {name}")


def load(path):
    with open(path) as file:
        return json.load(file)


def patch(document, pointer, value=None):
    *steps, last = pointer[1:].split("/")
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    if isinstance(document, list):
        document[int(last):int(last) + 1] = [value]
    elif value is None:
        del document[last]
    else:
        document[last] = value


schema = load("Documentation/scenario.schema.json")
Draft7Validator.check_schema(schema)
ok("it is a schema", True)

for path in sorted(glob.glob("scenarios/*.json")):
    ok(path, Draft7Validator(schema).is_valid(load(path)))
for definition in "model", "platform":
    part = {"$ref": f"#/definitions/{definition}",
            "definitions": schema["definitions"]}
    for path in sorted(glob.glob(f"scenarios/{definition}s/*.json")):
        ok(path, Draft7Validator(part).is_valid(load(path)))

tests = load("selftests/user/bad_scenarios.json")
for test in tests["cases"]:
    document = copy.deepcopy(tests["base"])
    try:
        if "text" in test:
            document = json.loads(test["text"])
    except ValueError:
        continue
    for pointer, value in test.get("set", {}).items():
        patch(document, pointer, value)
    for pointer in test.get("unset", []):
        patch(document, pointer)
    bad = not Draft7Validator(schema).is_valid(document)
    # A duplicate name is lost before a validator sees it.
    if "duplicate" not in test["fault"]:
        ok(test["fault"], bad == test.get("schema", False))

print(f"1..{count}")
sys.exit(failed > 0)
END
