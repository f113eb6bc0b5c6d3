#!/usr/bin/env bash
# One step of TRL's trainers, and LLaMA-Factory's loader, on the files of run.ts. Needs some 10 GB for torch.
#
#     scripts/real/heavy.sh FOLDER    # virtual environments and files are made in it
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mkdir -p "${1:?name a folder}" && cd "$1" && pwd)
install() {
  [ -x "$folder/$1/bin/python" ] || python3 -m venv "$folder/$1"
  "$folder/$1/bin/pip" install --quiet --requirement "$here/$2"
}
install trl requirements-trl.txt
install llama-factory requirements-llama-factory.txt
cd "$here/../.."
node_modules/.bin/node scripts/real/run.ts --python "$folder/trl/bin/python" --records 500 --keep "$folder/files"
"$folder/trl/bin/python" scripts/real/train.py "$folder/files"
"$folder/llama-factory/bin/python" scripts/real/llama_factory.py "$folder/files"
