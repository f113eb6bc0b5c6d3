#!/usr/bin/env bash
# Marks and line ends as files have them: a byte order mark with CRLF, U+2028 in texts, lone surrogates
# (named and left out), ids with slashes, é composed or not, 0 and "0", CR alone, semicolons, NA as a text.
. "$(dirname "$0")/../lib.sh"
while read -r count file; do
  name=odd-$(tr '_.' '--' <<<"${file,,}")
  new_dataset "$name" "$HERE/$file"
  import_all "$count" "$name" "$HERE/$file"
done <<'FILES'
2 bom_crlf.jsonl
1 u2028.jsonl
1 surrogate.jsonl
5 ids.jsonl
1 bom_semi.csv
2 cr.csv
3 NA.csv
FILES
