#!/usr/bin/env bash
# Makes the virtual environment that the OpenAPI document is tried out in, .cache/openapi in the checkout, from the pinned packages; once, and anew when
# they change.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
environment=$here/../../../.cache/openapi
installed=$environment/installed.txt

# The interpreter is asked too: its own may have gone since, with an upgrade of the machine.
if cmp -s "$here/requirements.txt" "$installed" && "$environment/bin/python" -c 'import schemathesis' 2>/dev/null; then
  exit 0
fi
"$here/../install.sh" python3-venv
python3 -m venv --clear "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$installed"
