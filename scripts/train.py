"""Loads exported files with `datasets` and takes one step with each of TRL's trainers.

The model is tiny, made here with random weights, and so is its tokenizer: nothing is downloaded and
nothing is learned. What it shows is that the files train as they are.

    npm run demo -- --check                # writes the files
    python3 -m venv venv && venv/bin/pip install torch trl datasets transformers accelerate
    venv/bin/python scripts/train.py .parley/demo/files

Any other folder of exports will do, Parquet, CSV, packed files and folders too, if it has those four.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch  # noqa: E402
from datasets import disable_progress_bars, load_dataset  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402
from transformers import (  # noqa: E402
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    PreTrainedTokenizerFast,
)
from trl import DPOConfig, DPOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer  # noqa: E402

try:
    from trl import KTOConfig, KTOTrainer
except ImportError:
    from trl.experimental.kto import KTOConfig, KTOTrainer

CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


BUILDERS = {".json": "json", ".jsonl": "json", ".parquet": "parquet", ".csv": "csv"}


def load(path: Path):
    """The file, packed or not, as `datasets` reads it, with nothing done to it."""
    kind = BUILDERS[Path(path.name.removesuffix(".gz")).suffix]
    return load_dataset(kind, data_files=str(path), cache_dir=tempfile.mkdtemp())["train"]


def check(manifest: Path) -> None:
    """Loads every file a manifest names, and a folder of `--split` as one, and counts the rows."""
    named = {one["name"]: one["rows"] for one in json.loads(manifest.read_text())["files"]}
    files = {name: rows for name, rows in named.items() if rows > 0}
    for name, rows in files.items():
        data = load(manifest.parent / name)
        assert len(data) == rows, f"{manifest.name} counts {rows} rows in {name}, not {len(data)}"
        print(f"{name}: {rows} rows, columns {', '.join(data.column_names)}")
    if {Path(name).stem for name in named} == {"train", "test"}:
        folder = manifest.parent / Path(next(iter(named))).parent
        splits = load_dataset(str(folder), cache_dir=tempfile.mkdtemp())
        rows = {split: len(data) for split, data in splits.items()}
        assert rows == {Path(name).stem: rows for name, rows in named.items()}, folder
        print(f"load_dataset({folder.name!r}): {rows}")


def make_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """Byte-level BPE over the texts of the files themselves."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<pad>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("*.jsonl")]
    bpe.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, pad_token="<pad>", eos_token="</s>", chat_template=CHAT
    )


def config(tokenizer) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=2048,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )


def arguments(kind, **more):
    """One step on the CPU, nothing saved and nothing reported."""
    return kind(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=2,
        max_steps=1,
        report_to=[],
        save_strategy="no",
        logging_steps=1,
        use_cpu=True,
        bf16=False,
        disable_tqdm=True,
        **more,
    )


def step(name: str, trainer) -> None:
    result = trainer.train()
    print(f"  {name}: one step, loss {result.training_loss:.4f}")


def main(folder: Path) -> None:
    torch.manual_seed(0)
    disable_progress_bars()
    manifests = sorted(folder.glob("*.manifest.json"))
    if not manifests:
        sys.exit(f"There are no exports in {folder}. Run npm run demo -- --check first.")
    for manifest in manifests:
        check(manifest)
    tokenizer = make_tokenizer(folder)
    causal = lambda: LlamaForCausalLM(config(tokenizer))  # noqa: E731
    own = {"processing_class": tokenizer}
    print("Training:")
    step(
        "SFTTrainer on writing-sft.jsonl",
        SFTTrainer(
            model=causal(),
            args=arguments(SFTConfig, max_length=512),
            train_dataset=load(folder / "writing-sft.jsonl"),
            **own,
        ),
    )
    step(
        "DPOTrainer on prefs-preference.jsonl",
        DPOTrainer(
            model=causal(),
            ref_model=causal(),
            args=arguments(DPOConfig, max_length=512),
            train_dataset=load(folder / "prefs-preference.jsonl"),
            **own,
        ),
    )
    scores = LlamaForSequenceClassification(config(tokenizer))
    scores.config.num_labels = 1
    scores.score = torch.nn.Linear(32, 1, bias=False)
    step(
        "RewardTrainer on prefs-reward.jsonl",
        RewardTrainer(
            model=scores,
            args=arguments(RewardConfig, max_length=512),
            train_dataset=load(folder / "prefs-reward.jsonl"),
            **own,
        ),
    )
    step(
        "KTOTrainer on thumbs-kto.jsonl",
        KTOTrainer(
            model=causal(),
            ref_model=causal(),
            args=arguments(KTOConfig, max_length=512),
            train_dataset=load(folder / "thumbs-kto.jsonl"),
            **own,
        ),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".parley/demo/files"))
