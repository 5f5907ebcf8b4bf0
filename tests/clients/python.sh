#!/usr/bin/env bash
# Makes a virtual environment from pinned packages: `python.sh FOLDER MODULE` makes .cache/FOLDER in the checkout from FOLDER/requirements.txt beside this
# script; once, and anew when they change or the module cannot be imported.
set -euo pipefail
folder=$1 module=$2
here=$(cd "$(dirname "$0")" && pwd)
requirements=$here/$folder/requirements.txt
environment=$here/../../.cache/$folder
installed=$environment/installed.txt

# The interpreter is asked too: its own may have gone since, with an upgrade of the machine.
if cmp -s "$requirements" "$installed" && "$environment/bin/python" -c "import $module" 2>/dev/null; then
  exit 0
fi
"$here/install.sh" python3-venv
python3 -m venv --clear "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement "$requirements"
cp "$requirements" "$installed"
