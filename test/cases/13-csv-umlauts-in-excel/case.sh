#!/usr/bin/env bash
# Excel takes a CSV without a byte order mark for the local code page.
. "$(dirname "$0")/../lib.sh"
printf 'name: marks\ntemplate: completion\ntitle: Write\naccess: everyone\n' >"$WORK/marks.yaml"
printf '{"id":"1","prompt":"Größe?","completion":"fünf"}\n' >"$WORK/marks.jsonl"
parley dataset create "$WORK/marks.yaml" >/dev/null || fail create
import_all 1 marks "$WORK/marks.jsonl" --answers-by Ann
export_to "$WORK/out.csv" marks --as csv
[ "$(head -c3 "$WORK/out.csv" | od -An -tx1 | tr -d ' \n')" = efbbbf ] || fail 'no byte order mark'
parley new back --from "$WORK/out.csv" >/dev/null || fail 'Parley cannot read it back'
