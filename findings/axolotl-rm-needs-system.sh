#!/usr/bin/env bash
# axolotl 0.19.0, type bradley_terry.chat_template: docs/reward_modelling.qmd says of its rows that
# `system` is optional. A data set without that column ends the run with KeyError: 'system' at the
# first row, in the workers of `datasets.map`. A good guess misses it: the page marks the key as optional,
# every other key of the row is right, and files in which only some rows have it do load (`datasets` fills
# the others with None). It costs whoever trains a reward model on prompts without a system message, which
# is most preference data. Remedy: write `"system": ""` into every row.
# Runs the package's own class, cut out of the wheel: the whole of it wants a GPU's libraries.
# Exits 0 while this is so, and 1 once rows without the key are read.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip download -q --no-deps -d "$folder" axolotl==0.19.0
python3 - "$folder" <<'PYTHON'
import ast
import sys
import zipfile
from pathlib import Path

archive = zipfile.ZipFile(next(Path(sys.argv[1]).glob("axolotl-*.whl")))
name = "axolotl/prompt_strategies/bradley_terry/chat_template.py"
tree = ast.parse(archive.read(name))
strategy = next(node for node in tree.body if isinstance(node, ast.ClassDef))


class ChatTemplateStrategy:
    """Stands for the base class, which only applies the chat template."""

    prompter = type("Prompter", (), {"max_length": 4096})

    def _tokenize_single_prompt(self, prompt):
        ids = [ord(c) for message in prompt["messages"] for c in message["content"]]
        return {"input_ids": ids, "attention_mask": [1] * len(ids)}


space = {"ChatTemplateStrategy": ChatTemplateStrategy}
exec(compile(ast.Module([strategy], []), name, "exec"), space)
reader = space[strategy.name]()
row = {"input": "Why is the sky blue?", "chosen": "Scattering.", "rejected": "Paint."}

for system in ("Be brief.", "", None):
    assert reader._tokenize_single_prompt({**row, "system": system})["chosen_ids"]
print("axolotl 0.19.0: rows with system (a text, empty or null) are read")
try:
    reader._tokenize_single_prompt(dict(row))
except KeyError as error:
    print(f"the same row without the key, as its documentation allows: KeyError {error}")
else:
    sys.exit("rows without system are read now: the finding is over")
PYTHON
