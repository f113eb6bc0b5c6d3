#!/usr/bin/env bash
# argilla 2.8.0 (its last release) does not import in a fresh environment: it uses requests and does not declare it.
#
# Seen: `pip install argilla==2.8.0`, then `import argilla` ends in "ModuleNotFoundError: No module named 'requests'"
# (argilla/settings/_field.py), with huggingface_hub 2.4.0 and datasets 5.2.0, which pip picks by itself. Until
# huggingface_hub 1.0 requests came along with it; since then the Hub's client uses httpx, and nothing brings it.
# Why a good guess misses it: the package installs without a word, and in any environment that has requests for another
# reason (most have) it works. Whom it costs: everybody who follows Argilla's own first page today.
# With `pip install requests` it imports. Exits 1 when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q argilla==2.8.0 huggingface_hub==2.4.0 datasets==5.2.0
said=$("$folder/venv/bin/python" -c 'import argilla' 2>&1 | tail -1 || true)
echo "import argilla: ${said:-works}"
"$folder/venv/bin/pip" install -q requests==2.34.2
"$folder/venv/bin/python" -c 'import argilla; print("with requests: works,", argilla.__version__)'
[ "$said" = "ModuleNotFoundError: No module named 'requests'" ]
