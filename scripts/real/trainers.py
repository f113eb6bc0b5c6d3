"""Has trainers' own code read what run.ts wrote: their preprocessors, taken out of pinned packages.

The packages want a GPU's worth of libraries to be imported whole, so each function is cut out of its
wheel by name and run alone, or the package's own checker is run where it stands on its own feet.

    VENV/bin/pip install -r scripts/real/requirements-trainers.txt
    VENV/bin/python scripts/real/trainers.py FOLDER/index.json

A line says how many rows each one took: as many as the manifest counts, or it is a failure.
"""

import ast
import gzip
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy
from datasets import disable_progress_bars, load_dataset
from google.genai import types as gemini

disable_progress_bars()

WHEELS = {
    "verl": "verl==0.9.1",
    "ms_swift": "ms-swift==4.6.0",
    "axolotl": "axolotl==0.19.0",
    "openrlhf": "openrlhf==0.11.2",
    "trl": "trl==1.16.0",
}


def download(folder):
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder]
    subprocess.run([*pip, *WHEELS.values()], check=True)


def cut(folder, wheel, path, name, known=None):
    """A function or class of a module, with nothing of the module but what is handed in as known."""
    archive = zipfile.ZipFile(next(Path(folder).glob(f"{wheel}-*.whl")))
    inside = next(one for one in archive.namelist() if one.endswith(path))
    tree = ast.parse(archive.read(inside))
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = next(node for node in ast.walk(tree) if isinstance(node, kinds) and node.name == name)
    if isinstance(found, ast.FunctionDef):
        found.decorator_list = []
    found = ast.Module([ast.parse("from __future__ import annotations").body[0], found], [])
    space = dict(known or {})
    exec(compile(ast.fix_missing_locations(found), inside, "exec"), space)
    return space[name]


def rows_of(path):
    path = Path(path)
    if path.suffix == ".parquet":
        return load_dataset("parquet", data_files=str(path), cache_dir=tempfile.mkdtemp())["train"].to_list()
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return [json.loads(line) for line in file.read().split("\n")[:-1]]


class Tokenizer:
    """A chat template that refuses what strict ones refuse."""

    def apply_chat_template(self, messages, tokenize=False, add_generation_prompt=False, **_):
        turns = messages[1:] if messages[0]["role"] == "system" else messages
        for at, turn in enumerate(turns):
            assert turn["role"] == ("user", "assistant")[at % 2], f"out of turn: {messages}"
        text = "".join(f"<|{one['role']}|>{one['content']}<|end|>" for one in messages)
        return text + ("<|assistant|>" if add_generation_prompt else "")


def read_swift(folder):
    check = [
        cut(folder, "ms_swift", "preprocessor/core.py", f"_check_{one}")
        for one in ("messages", "rejected_response")
    ]

    def read(rows):
        for row in rows:
            assert set(row) <= {"messages", "rejected_response", "margin", "label"}, row
            for one in check:
                one(row)

    return read


def read_axolotl_rm(folder):
    class Base:
        prompter = type("Prompter", (), {"max_length": 1 << 30})

        def _tokenize_single_prompt(self, prompt):
            text = Tokenizer().apply_chat_template(prompt["messages"])
            return {"input_ids": list(text), "attention_mask": [1] * len(text)}

    strategy = cut(
        folder,
        "axolotl",
        "bradley_terry/chat_template.py",
        "BTChatTemplateStrategy",
        {"ChatTemplateStrategy": Base},
    )()

    def read(rows):
        for row in rows:
            made = strategy._tokenize_single_prompt(dict(row))
            assert made["chosen_ids"] != made["rejected_ids"], row
            assert row["chosen"] in "".join(made["chosen_ids"]), row

    return read


def read_axolotl_dpo(folder):
    known = {
        "handle_legacy_message_fields_logic": lambda one: one,
        "extract_chat_template_args": lambda **_: (None, None),
        "get_chat_template": lambda **_: None,
    }
    make = cut(folder, "axolotl", "dpo/chat_template.py", "default", known)
    transform, _ = make({"datasets": [{"field_messages": "prompt"}]})

    def read(rows):
        for row in rows:
            made = transform(row, Tokenizer())
            assert made["chosen"].startswith(row["chosen"][-1]["content"][:1]), row

    return read


def read_openrlhf(folder):
    process = cut(
        folder,
        "openrlhf",
        "datasets/reward_dataset.py",
        "preprocess_data",
        {"exist_and_not_none": lambda d, key: d.get(key) is not None},
    )

    def read(rows):
        for row in rows:
            prompt, chosen, rejected, margin = process(
                row, prompt_key="prompt", apply_chat_template=Tokenizer().apply_chat_template
            )
            assert prompt and row["chosen"][-1]["content"] in chosen, row
            assert row["rejected"][-1]["content"] in rejected and 0 <= margin <= 1, row

    return read


def read_verl(folder):
    # Its SFT dataset reads with pandas and unpacks what pandas gives.
    unpack = cut(
        folder, "verl", "verl/utils/py_functional.py", "convert_nested_value_to_list_recursive", {"np": numpy}
    )

    def read(rows):
        for row in rows:
            if "messages" in row:
                Tokenizer().apply_chat_template(unpack(row["messages"]))
                continue
            # What its dataset and its reward managers look up.
            assert isinstance(row["reward_model"]["ground_truth"], str) and row["data_source"], row
            assert isinstance(row["extra_info"]["index"], int), row
            Tokenizer().apply_chat_template(row["prompt"], add_generation_prompt=True)

    return read


def read_vertex(_):
    def read(rows):
        for row in rows:
            row = dict(row)
            system = row.pop("system_instruction", None)
            if system:
                gemini.Content.model_validate(system)
            example = gemini.GeminiPreferenceExample.model_validate(row)
            assert [one.score for one in example.completions] == [1.0, 0.0], row

    return read


def read_kto(folder):
    rotate = cut(folder, "trl", "trainer/kto_trainer.py", "add_kl_completion_ids")

    def read(rows):
        for size in (2, 4, 8, 16, 32):
            same = 0
            for at in range(0, len(rows), size):
                batch = rows[at : at + size]
                if len(batch) < 2:
                    continue
                ids = {"completion_ids": [json.dumps(row["prompt"]) for row in batch]}
                pairs = zip(ids["completion_ids"], rotate(dict(ids))["KL_completion_ids"])
                same += sum(mine == theirs for mine, theirs in pairs)
            print(f"      batches of {size}: {same} of {len(rows)} KL completions answer their own prompt")

    return read


READERS = {
    "ms-swift": [("ms-swift", read_swift)],
    "axolotl-rm": [("axolotl", read_axolotl_rm)],
    "preference": [("axolotl dpo", read_axolotl_dpo), ("OpenRLHF", read_openrlhf)],
    "reward": [("OpenRLHF", read_openrlhf)],
    "verl": [("verl", read_verl)],
    "vertex": [("google-genai", read_vertex)],
    "kto": [("TRL", read_kto)],
}


def main(index):
    folder = tempfile.mkdtemp()
    download(folder)
    failed = 0
    for export in json.loads(Path(index).read_text())["exports"]:
        if export["kind"] == "shape":
            continue
        manifest = json.loads(Path(export["manifest"]).read_text())
        for name, make in READERS.get(export["format"], []):
            for file in manifest["files"]:
                path = Path(export["manifest"]).parent / file["name"]
                if file["rows"] == 0:
                    continue
                rows = rows_of(path)
                problem = None if len(rows) == file["rows"] else f"{len(rows)} rows"
                try:
                    make(folder)(rows)
                except Exception as error:
                    problem = f"{type(error).__name__}: {str(error)[:300]}"
                failed += problem is not None
                print(
                    f"{'FAIL' if problem else 'ok  '}  {export['sample']} {file['name']}: {name}, {len(rows)} rows {problem or ''}"
                )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1])
