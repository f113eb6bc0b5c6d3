"""Renders the chats of agents that run.ts wrote, and holds OpenAI's lines against its published types.

Rows are loaded by `datasets` and rendered by TRL's own `apply_chat_template` (cut out of its wheel) with a
chat template for tools in Jinja, as transformers renders it. What comes out must be what the row of the
file says, read by Python's json: not a call, a tool or a thought is lost, and none is made up.

    VENV/bin/python scripts/real/templates.py FOLDER/index.json
"""

import ast
import json
import subprocess
import sys
import tempfile
import zipfile
from itertools import takewhile
from pathlib import Path

from datasets import disable_progress_bars, load_dataset
from jinja2.sandbox import ImmutableSandboxedEnvironment
from openai.types.chat import (
    ChatCompletionAssistantMessageParam,
    ChatCompletionDeveloperMessageParam,
    ChatCompletionFunctionMessageParam,
    ChatCompletionFunctionToolParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionToolMessageParam,
    ChatCompletionUserMessageParam,
)
from pydantic import TypeAdapter

TRL = "trl==1.16.0"
disable_progress_bars()

TEMPLATE = """
{%- if tools %}<|tools|>{{ tools | tojson }}<|end|>{% endif -%}
{%- for message in messages -%}
  <|{{ message.role }}{{ ':' ~ message.name if message.name }}|>
  {%- if message.reasoning_content and enable_thinking %}<think>{{ message.reasoning_content }}</think>{% endif -%}
  {%- if message.content is string %}{{ message.content }}
  {%- elif message.content -%}
    {%- for part in message.content -%}
      {{ part.text if part.type == 'text' else '<' ~ part.type ~ ' ' ~ part.image_url.url ~ '>' }}
    {%- endfor -%}
  {%- endif -%}
  {%- for call in message.tool_calls or [] -%}
    {%- set given = call.function.arguments -%}
    <call {{ call.function.name }}>{{ given if given is string else given | tojson }}</call>
  {%- endfor -%}
  {{ '#' ~ message.tool_call_id if message.tool_call_id }}<|end|>
{%- endfor -%}
{%- if add_generation_prompt %}<|assistant|>{% endif -%}
"""


class Tokenizer:
    """What of a tokenizer TRL asks to render a chat, as transformers sets Jinja up."""

    def __init__(self):
        jinja = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        # Keys in one order: Postgres and Arrow have their own.
        jinja.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True)
        self.template = jinja.from_string(TEMPLATE)

    def apply_chat_template(self, messages, tools=None, tokenize=False, continue_final_message=False, **more):
        assert not tokenize
        text = self.template.render(messages=messages, tools=tools, **more)
        return text.removesuffix("<|end|>") if continue_final_message else text


def trl_function(name):
    """One function of TRL's data utilities, without the torch that importing it would want."""
    folder = tempfile.mkdtemp()
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, TRL]
    subprocess.run(pip, check=True)
    archive = zipfile.ZipFile(next(Path(folder).glob("trl-*.whl")))
    tree = ast.parse(archive.read("trl/data_utils.py"))
    found = next(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == name)
    future = ast.parse("from __future__ import annotations").body[0]
    space = {"takewhile": takewhile}
    exec(compile(ast.fix_missing_locations(ast.Module([future, found], [])), "trl", "exec"), space)
    return space[name]


KEYS = {
    "preference": ("prompt", "chosen", "rejected"),
    # TRL's utility knows no third answer: its trainer renders each after the prompt, as the first two.
    "tpo": ("prompt", "chosen", "rejected"),
    "reward": ("prompt", "chosen", "rejected"),
    "sft": ("prompt", "completion"),
    "kto": ("prompt", "completion", "label"),
    "prompts": ("prompt",),
}


def render(render_row, row, keys):
    """As TRL's trainers call it: tools from their column, arguments of the template from theirs."""
    tools = row.get("tools")
    tools = json.loads(tools) if isinstance(tools, str) else tools
    example = {name: row[name] for name in keys}
    if "chat_template_kwargs" in row:
        example["chat_template_kwargs"] = row["chat_template_kwargs"]
    return render_row(example, Tokenizer(), tools=tools)


def truth(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def loaded(path):
    kind = "parquet" if path.suffix == ".parquet" else "json"
    return load_dataset(kind, data_files=str(path), cache_dir=tempfile.mkdtemp())["train"].to_list()


ROLES = {
    "system": ChatCompletionSystemMessageParam,
    "developer": ChatCompletionDeveloperMessageParam,
    "user": ChatCompletionUserMessageParam,
    "assistant": ChatCompletionAssistantMessageParam,
    "tool": ChatCompletionToolMessageParam,
    "function": ChatCompletionFunctionMessageParam,
}


def check_openai(row):
    """A line of a fine-tuning file: every message by the type of its role, with no key beside."""
    chat = row.get("input", row)
    answers = [*row.get("preferred_output", []), *row.get("non_preferred_output", [])]
    for message in [*chat["messages"], *answers]:
        kind = ROLES[message["role"]]
        strange = set(message) - set(kind.__annotations__) - {"weight"}
        assert not strange, f"{strange} of {message}"
        # Lists of parts and calls are iterables there, which pydantic reads when they are read.
        read = TypeAdapter(kind).validate_python({k: v for k, v in message.items() if k != "weight"})
        for name in ("content", "tool_calls"):
            if not isinstance(read.get(name), (str, type(None))):
                list(read[name])
        if not message.get("content"):
            assert message.get("tool_calls") or message.get("content") == "", message
    for tool in chat.get("tools", []):
        TypeAdapter(ChatCompletionFunctionToolParam).validate_python(tool)


def main(index):
    exports = json.loads(Path(index).read_text())["exports"]
    ours = [one for one in exports if one["sample"] == "agents" and one["kind"] in ("plain", "parquet")]
    render_row = trl_function("apply_chat_template")
    failed = seen = calls = 0
    for name, keys in KEYS.items():
        paths = {one["kind"]: Path(one["path"]) for one in ours if one["format"] == name}
        wanted = [render(render_row, row, keys) for row in truth(paths["plain"])]
        for kind, path in paths.items():
            found = [render(render_row, row, keys) for row in loaded(path)]
            wrong = [at for at, (one, two) in enumerate(zip(found, wanted)) if one != two]
            text = json.dumps(found)
            is_whole = len(found) == len(wanted) and "<call " in text and "<|tools|>" in text
            seen += 1
            calls += text.count("<call ")
            if wrong or not is_whole:
                failed += 1
                at = wrong[0] if wrong else 0
                print(f"FAIL  {name}, {kind}: row {at}\n  {found[at]}\n  {wanted[at]}")
            else:
                print(f"ok    {name}, {kind}: {len(found)} rows rendered by TRL with their tools")
    for name in ("openai-sft", "openai-dpo"):
        path = next(Path(one["path"]) for one in ours if one["format"] == name and one["kind"] == "plain")
        rows = truth(path)
        seen += 1
        for row in rows:
            check_openai(row)
        has_calls = any("tool_calls" in json.dumps(row) for row in rows)
        failed += not (rows and has_calls)
        print(f"{'ok  ' if rows and has_calls else 'FAIL'}  {name}: {len(rows)} lines by OpenAI's types")
    print(f"{seen} files of chats of agents, {calls} calls rendered, {failed} failed")
    sys.exit(1 if failed or seen < 2 * len(KEYS) + 2 else 0)


if __name__ == "__main__":
    main(sys.argv[1])
