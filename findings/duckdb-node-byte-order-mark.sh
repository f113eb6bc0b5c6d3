#!/usr/bin/env bash
# @duckdb/node-api 1.5.5-r.5: a text that begins with U+FEFF arrives without it.
#
# The value in the database is whole (length() and hex() say so, and it compares unequal to the text
# without the mark); getRowObjects() and getRowObjectsJson() give it back one character shorter, since
# the client decodes bytes with a TextDecoder that was not told `ignoreBOM: true`.
#
# Why a good guess misses it: nothing is lost in SQL, and other clients (Python) give the whole text.
# Whom it costs: whoever checks a round trip, or looks keys up by texts that were pasted from files with
# a byte order mark.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.5-r.5
cat > try.mjs <<'JS'
import { DuckDBInstance, version } from '@duckdb/node-api'
const connection = await (await DuckDBInstance.create(':memory:')).connect()
const reader = await connection.runAndReadAll(`select chr(65279) || 'x' as text, length(text)::int as length, hex(text) as hex`)
const [row] = reader.getRowObjects()
console.log(version(), JSON.stringify(row))
if (!(row.length === 2 && row.hex === 'EFBBBF78' && row.text === 'x')) throw new Error('the mark arrives now')
JS
node try.mjs
echo 'as described'
