#!/usr/bin/env bash
# datasets 5.2.0: what `features=` does to a JSON Lines file.
#
# 1. Value("string") does not keep a text: a column that holds only dates is read as timestamps first and
#    printed anew, "2024-01-01" becomes "2024-01-01 00:00:00", in messages too.
# 2. Json(), the type "for arbitrary JSON", decodes a text that was a string in the file: "007" becomes 7.
# 3. One column of Json() rewrites every other number of the row with ten decimals: a float64 column declared
#    Value("float64") arrives as 0.3333333333 instead of 0.3333333333333333.
#
# Why a good guess misses it: `features` is what the documentation offers against inference, and it raises
# nothing; the values are merely others. Whom it costs: whoever trains on short answers (dates, codes,
# numbers with leading zeros), and reward models with margins beside a column of metadata. Parquet is not
# affected, nor is JSON read by Python and handed to Dataset.from_list.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet datasets==5.2.0 pyarrow==26.0.1
cd "$folder"
cat > try.py <<'PY'
import json
import datasets
from datasets import Dataset, Features, Json, List, Value, load_dataset

datasets.disable_progress_bars()


def load(rows, features):
    with open("rows.jsonl", "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return load_dataset("json", data_files="rows.jsonl", cache_dir="cache", features=Features(features))["train"][0]


text = Value("string")
date = {"answer": "2024-01-01", "chat": [{"role": "user", "content": "2024-01-01"}]}
one = load([date], {"answer": text, "chat": List({"role": text, "content": text})})
two = load([{"answer": "007"}], {"answer": Json()})
three = load([{"margin": 1 / 3, "meta": {"a": 1}}], {"margin": Value("float64"), "meta": Json()})
kept = Dataset.from_list([date])[0]
print("datasets", datasets.__version__, one, two, three, sep="\n")
assert one == {"answer": "2024-01-01 00:00:00", "chat": [{"role": "user", "content": "2024-01-01 00:00:00"}]}
assert two == {"answer": 7}
assert three["margin"] == 0.3333333333 and three["margin"] != 1 / 3
assert kept == date
PY
venv/bin/python try.py
echo 'as described'
