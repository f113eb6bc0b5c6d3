"""Judges what was sent to Slack by the models of Slack's SDK for Python: their limits and their keys.

    python payloads_slack.py PAYLOADS.jsonl    # lines {"call": ..., "body": ...}, written by payloads.ts

Every block and view is built by slack_sdk.models, checked by its validators and written out again: a
key that is lost on the way is one the SDK does not know. Exits 1 with one line a problem.
"""

import collections
import copy
import json
import logging
import sys

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option, OptionGroup
from slack_sdk.models.views import View

# Documented by Slack, and younger than slack_sdk 3.48.0: left to @slack/types, and to what the stand-in
# has of Slack's reference. One that the SDK has learned is to be taken out.
UNKNOWN_BLOCKS = {"data_table"}
# Documented for elements, and not in the SDK's models.
UNKNOWN_KEYS = set()
MESSAGE_BLOCKS = 50

heard = []


class Ear(logging.Handler):
    """What the SDK only logs (unknown keys and elements) counts as a problem as well."""

    def emit(self, record):
        heard.append(record.getMessage()[:300])


def lost(sent, kept, at=""):
    """Keys that did not survive; None and what is empty the SDK leaves out by design."""
    if isinstance(sent, list):
        rest = kept if isinstance(kept, list) else []
        for index, value in enumerate(sent):
            yield from lost(value, rest[index] if index < len(rest) else None, f"{at}/{index}")
    elif isinstance(sent, dict):
        for key, value in sent.items():
            if value in (None, "", [], {}) or key in UNKNOWN_KEYS:
                continue
            if not isinstance(kept, dict) or key not in kept:
                yield f"unknown key {at}/{key}"
            else:
                yield from lost(value, kept[key], f"{at}/{key}")


def problems_of(value, build):
    heard.clear()
    try:
        built = build(copy.deepcopy(value))
        if built is None:
            return [f"unknown: {value.get('type')}"]
        found = list(lost(value, built.to_dict()))
    except (SlackObjectFormationError, TypeError, KeyError, AttributeError) as error:
        found = [f"{type(error).__name__}: {error}"]
    return found + list(heard)


def known(block):
    return block.get("type") not in UNKNOWN_BLOCKS


def learned(kind):
    """Whether the SDK knows a kind of block, by now."""
    try:
        return Block.parse({"type": kind}) is not None
    except (SlackObjectFormationError, TypeError):
        return True


def left_out(body):
    """The kinds of blocks of a body that the SDK cannot judge, each as often as it stands there."""
    view = body.get("view")
    blocks = [*(body.get("blocks") or []), *(view["blocks"] if isinstance(view, dict) else [])]
    return [block["type"] for block in blocks if not known(block)]


def judge(body):
    """Yields every problem of a call's body or of an answer."""
    blocks = body.get("blocks") or []
    if len(blocks) > MESSAGE_BLOCKS:
        yield f"{len(blocks)} blocks in a message"
    for at, block in enumerate(blocks):
        if known(block):
            yield from (f"/blocks/{at}: {one}" for one in problems_of(block, Block.parse))
    if isinstance(body.get("view"), dict):
        view = dict(body["view"], blocks=[block for block in body["view"]["blocks"] if known(block)])
        yield from (f"/view: {one}" for one in problems_of(view, lambda value: View(**value)))
    for option in body.get("options") or []:
        yield from problems_of(option, lambda value: Option.parse_all([value])[0])
    for group in body.get("option_groups") or []:
        yield from problems_of(group, lambda value: OptionGroup.parse_all([value])[0])


def must_refuse():
    """The judge is asked about payloads that Slack refuses, so that a mute judge is found out."""
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "x" * 76}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x", "colour": "red"}}
    title = {"type": "plain_text", "text": "x" * 25}
    return [
        {"blocks": [{"type": "actions", "elements": [button]}]},
        {"blocks": [section]},
        {"blocks": [{"type": "sectoin"}]},
        {"view": {"type": "modal", "title": title, "blocks": [{"type": "divider"}]}},
    ]


def main(path):
    logging.getLogger().addHandler(Ear())
    for body in must_refuse():
        if not list(judge(body)):
            print(f"FAIL  slack_sdk lets pass: {json.dumps(body)[:200]}")
            return 1
    for kind in sorted(UNKNOWN_BLOCKS):
        if learned(kind):
            print(f"FAIL  slack_sdk knows {kind} now: it can be judged")
            return 1
    counts = collections.Counter()
    left = collections.Counter()
    examples = {}
    judged = 0
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            payload = json.loads(line)
            judged += 1
            left.update(left_out(payload["body"]))
            for problem in judge(payload["body"]):
                key = f"{payload['call']} {problem}"
                counts[key] += 1
                examples.setdefault(key, json.dumps(payload["body"], ensure_ascii=False)[:600])
    for key, count in counts.most_common():
        print(f"FAIL  {count}x {key}\n      {examples[key]}")
    for kind, count in left.most_common():
        print(f"note  {count}x {kind}: slack_sdk does not know it; @slack/types and the stand-in do")
    print(f"{'FAIL' if counts else 'ok  '}  {judged} Slack payloads by slack_sdk")
    return 1 if counts or judged == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
