"""Loads the folders that run.ts wrote through LLaMA-Factory's own loader, and counts what it keeps.

    VENV/bin/python scripts/real/llama_factory.py FOLDER
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("DISABLE_VERSION_CHECK", "1")

from llamafactory.data.loader import _load_single_dataset  # noqa: E402
from llamafactory.data.parser import get_dataset_list  # noqa: E402
from llamafactory.hparams import DataArguments, ModelArguments  # noqa: E402
from transformers import Seq2SeqTrainingArguments  # noqa: E402


def load(name: str, folder: Path):
    """The dataset as the trainer gets it: aligned, with `_prompt` and `_response`."""
    data = DataArguments(dataset=name, dataset_dir=str(folder), template="default")
    model = ModelArguments(model_name_or_path="none", cache_dir=tempfile.mkdtemp())
    training = Seq2SeqTrainingArguments(output_dir=tempfile.mkdtemp(), report_to=[])
    (attributes,) = get_dataset_list([name], str(folder))
    return _load_single_dataset(attributes, model, data, training)


def main(folder: Path) -> None:
    exports = json.loads((folder / "index.json").read_text())["exports"]
    failed = 0
    seen = 0
    for export in (one for one in exports if one["format"] == "llama-factory"):
        path = Path(export["path"])
        files = json.loads(Path(export["manifest"]).read_text())["files"]
        counts = {Path(one["name"]).name: one["rows"] for one in files}
        for name, told in json.loads((path / "dataset_info.json").read_text()).items():
            rows = counts[told["file_name"]]
            seen += 1
            try:
                loaded = load(name, path)
                # A row out of turn is kept there without prompt or answer.
                whole = sum(1 for row in loaded if row["_prompt"] and row["_response"])
                said = f"{whole} of {len(loaded)} rows whole, the manifest counts {rows}"
                is_right = whole == len(loaded) == rows
            except Exception as error:  # noqa: BLE001: whatever the loader says is what this is for
                said, is_right = f"{type(error).__name__}: {error}", False
            failed += not is_right
            print(f"{'ok  ' if is_right else 'FAIL'}  {name} ({export['kind']}): {said}")
    print(f"{seen} datasets, {failed} failed")
    sys.exit(1 if failed or seen == 0 else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
