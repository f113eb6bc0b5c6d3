#!/usr/bin/env bash
# Battles of a chatbot arena: the conversations are the outputs, with their models; the voter's name is no prompt.
. "$(dirname "$0")/../lib.sh"
new_dataset arena "$HERE/battles.jsonl"
grep -n 'prompt=judge' "$WORK/arena.yaml" && fail "new takes the voter's pseudonym for the prompt"
import_all 4 arena "$HERE/battles.jsonl"
parley records show arena q0 | grep -q '"model": "alpha-7b"' || fail 'the outputs have lost their models'
