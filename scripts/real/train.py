"""Takes one step with each of TRL's trainers on the files that run.ts wrote, JSON lines and Parquet.

The model is tiny, made here with random weights, and so is its tokenizer: nothing is downloaded and
nothing is learned. What it shows is that the files train as they are. Run by heavy.sh.

    VENV/bin/python scripts/real/train.py FOLDER
"""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")

import torch  # noqa: E402
from datasets import disable_progress_bars, load_dataset  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402
from transformers import (  # noqa: E402
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    PreTrainedTokenizerFast,
)
from trl import (  # noqa: E402
    DPOConfig,
    DPOTrainer,
    GRPOConfig,
    GRPOTrainer,
    KTOConfig,
    KTOTrainer,
    RewardConfig,
    RewardTrainer,
    SFTConfig,
    SFTTrainer,
)

CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_tokenizer(files: list[Path]) -> PreTrainedTokenizerFast:
    """Byte-level BPE over the texts of the files themselves."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<pad>", "</s>", "<|system|>", "<|user|>", "<|assistant|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    texts = [file.read_text(encoding="utf-8") for file in files]
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


def load(path: Path):
    """The file as its trainer's page loads it, with nothing done to it."""
    kind = "parquet" if path.suffix == ".parquet" else "json"
    return load_dataset(kind, data_files=str(path), cache_dir=tempfile.mkdtemp())["train"]


def trainer_of(name: str, data, tokenizer):
    """The trainer of a format, with a model made for it."""
    common = {"train_dataset": data, "processing_class": tokenizer}
    causal = lambda: LlamaForCausalLM(config(tokenizer))  # noqa: E731
    if name == "sft":
        return SFTTrainer(model=causal(), args=arguments(SFTConfig, max_length=512), **common)
    if name == "preference":
        args = arguments(DPOConfig, max_length=512)
        return DPOTrainer(model=causal(), ref_model=causal(), args=args, **common)
    if name == "kto":
        args = arguments(KTOConfig, max_length=512)
        return KTOTrainer(model=causal(), ref_model=causal(), args=args, **common)
    if name == "prompts":
        args = arguments(GRPOConfig, max_completion_length=8, num_generations=2)
        lengths = lambda completions, **_: [float(len(str(one))) for one in completions]  # noqa: E731
        return GRPOTrainer(model=causal(), reward_funcs=lengths, args=args, **common)
    scores = LlamaForSequenceClassification(config(tokenizer))
    scores.config.num_labels = 1
    scores.score = torch.nn.Linear(32, 1, bias=False)
    trainer = RewardTrainer(model=scores, args=arguments(RewardConfig, max_length=512), **common)
    batch = next(iter(trainer.get_train_dataloader()))
    assert "margin" in batch and batch["margin"].dtype == torch.float, "the margin did not arrive"
    return trainer


def main(folder: Path) -> None:
    torch.manual_seed(0)
    disable_progress_bars()
    exports = json.loads((folder / "index.json").read_text())["exports"]
    wanted = [
        (one["format"], one["sample"], Path(one["path"]))
        for one in exports
        if one["format"] in ("sft", "preference", "reward", "kto", "prompts")
        and one["sample"] in ("pairs", "chats", "writing")
        and one["kind"] in ("plain", "parquet", "shape")
        # A chat is no plain text: of those, --shape text leaves none.
        and json.loads(Path(one["manifest"]).read_text())["counts"]["emitted"] > 0
    ]
    tokenizer = make_tokenizer([path for *_, path in wanted if path.suffix == ".jsonl"])
    failed = 0
    for name, sample, path in wanted:
        try:
            data = load(path)
            result = trainer_of(name, data, tokenizer).train()
            print(f"ok    {name} of {sample}, {path.parent.name}: {len(data)} rows, loss {result.training_loss:.4f}")
        except Exception as error:  # noqa: BLE001: whatever a trainer says is what this is for
            failed += 1
            print(f"FAIL  {name} of {sample}, {path.parent.name}: {type(error).__name__}: {error}")
    kinds = {name for name, *_ in wanted}
    print(f"{len(wanted)} trainings of {len(kinds)} formats, {failed} failed")
    sys.exit(1 if failed or len(kinds) < 5 else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
