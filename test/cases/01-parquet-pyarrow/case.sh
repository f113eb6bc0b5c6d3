#!/usr/bin/env bash
# Parquet as pyarrow writes it for pandas, datasets and the Hub: integers, floats, list<struct>, zstd.
. "$(dirname "$0")/../lib.sh"
number=0
for file in "$HERE"/*.parquet; do
  number=$((number + 1))
  new_dataset "pq$number" "$file"
  import_all 2 "pq$number" "$file"
done
