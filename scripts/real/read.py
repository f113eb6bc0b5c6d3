"""Reads what run.ts wrote with everything that readers of training data use, and prints a table.

A cell says how many rows a reader found: as many as the manifest counts and, where docs/exports.md says
what to tell the reader, every value equal to the file's own. A format that nobody reads is a failure.

    VENV/bin/python scripts/real/read.py FOLDER/index.json
"""

import csv
import gzip
import json
import math
import os
import re
import sys
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import datasets  # noqa: E402
import duckdb  # noqa: E402
import pandas  # noqa: E402
import polars  # noqa: E402
import pyarrow  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.json  # noqa: E402
import pyarrow.parquet  # noqa: E402
from datasets import Features, Json, Value, load_dataset  # noqa: E402
from datasets.features.features import generate_from_arrow_type  # noqa: E402

datasets.disable_progress_bars()
datasets.utils.logging.set_verbosity(datasets.utils.logging.CRITICAL)

# Columns whose contents differ from row to row: what people gave, and answers to any question.
FREE = {"record", "values", "shown", "fields", "outputs", "metadata", "suggestions", "responses", "flags"}


DATE = re.compile(r"^\d{4}-\d\d-\d\d$")


class Skip(Exception):
    """This reader has no way to take such a file; the page says so."""


def hf(kind, path, **more):
    return load_dataset(kind, data_files=str(path), cache_dir=tempfile.mkdtemp(), **more)["train"]


def fields_of(path):
    """The names of the columns: what somebody who loads the file knows of it."""
    names = {}
    for row in truth_of(path):
        names.update(dict.fromkeys(row))
    return list(names)


@lru_cache(maxsize=4)
def truth_of(path):
    """The rows by Python's own json and csv: no guess is made."""
    opener = gzip.open if path.suffix == ".gz" else open
    kind = Path(path.name.removesuffix(".gz")).suffix
    if kind == ".csv":
        with opener(path, "rt", newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file, strict=True))
    with opener(path, "rt", newline="", encoding="utf-8") as file:
        if kind == ".json":
            return json.load(file)
        return [json.loads(line) for line in file.read().split("\n")[:-1]]


# --- JSON lines, and JSON ---------------------------------------------------------------------------


def features_of(path):
    """What docs/exports.md tells `datasets`: nothing is left to infer."""
    rows = truth_of(path)
    told = {}
    for name in fields_of(path):
        values = [row.get(name) for row in rows]
        if values and all(isinstance(value, str) and DATE.match(value) for value in values):
            # Told that it is a text, `datasets` makes a time of it first: the page says Parquet.
            raise Skip
        kinds = {arrow_type(value) for value in values if value is not None}
        is_nested = any(isinstance(value, (dict, list)) for value in values)
        is_mixed = len(kinds) > 1 or name in FREE or any("null" in str(kind) for kind in kinds)
        if is_nested and (is_mixed or is_dates(values)):
            told[name] = Json()
        else:
            told[name] = generate_from_arrow_type(kinds.pop() if kinds else pyarrow.string())
    if "submitted_at" in told:
        told["submitted_at"] = Value("timestamp[ms, tz=UTC]")
    return Features(told)


def is_dates(messages):
    """Whether every content is a date, which a list of structs would not keep."""
    chats = [chat for chat in messages if isinstance(chat, list)]
    contents = [one.get("content") for chat in chats for one in chat if isinstance(one, dict)]
    return bool(contents) and all(isinstance(one, str) and DATE.match(one) for one in contents)


def json_datasets(path):
    return hf("json", path, features=features_of(path)).to_list()


def json_datasets_stream(path):
    told = features_of(path)
    return list(load_dataset("json", data_files=str(path), streaming=True, features=told)["train"])


def json_datasets_untold(path):
    """The line every page has. Only the rows are counted: what looks like a date becomes one."""
    return hf("json", path).num_rows


def json_folder(path):
    """The folder it lies in, its manifest beside it."""
    splits = load_dataset(str(path.parent), cache_dir=tempfile.mkdtemp())
    return sum(len(rows) for rows in splits.values())


def json_pandas(path):
    is_lines = ".jsonl" in path.name
    return pandas.read_json(path, lines=is_lines, dtype=False, precise_float=True).to_dict("records")


def json_polars(path):
    if path.suffix == ".json":
        return polars.read_json(path, infer_schema_length=None).to_dicts()
    rows = polars.read_ndjson(path, infer_schema_length=None).to_dicts()
    # Where one key holds a number here and a text there, all of them become texts; so do contents
    # that are a text in one message and parts in another.
    return len(rows) if FREE & set(fields_of(path)) or has_parts(truth_of(path)) else rows


def has_parts(value):
    """Whether the content of any message is a list of parts."""
    if isinstance(value, dict):
        if "role" in value and isinstance(value.get("content"), list):
            return True
        return any(has_parts(one) for one in value.values())
    return isinstance(value, list) and any(has_parts(one) for one in value)


def json_duckdb(path):
    names = fields_of(path)
    columns = ", ".join(f"{quoted(name)}: 'JSON'" for name in names)
    # CAST, not a decoder of the client: JSON stays the text that stands in the file.
    rows = duckdb.sql(
        f"select * from read_json('{path}', columns = {{{columns}}}, maximum_object_size = 100000000)"
    ).fetchall()
    return [dict(zip(names, [None if v is None else json.loads(v) for v in row])) for row in rows]


def json_duckdb_untold(path):
    options = "sample_size = -1, maximum_object_size = 100000000"
    return duckdb.sql(f"select count(*) from read_json('{path}', {options})").fetchall()[0][0]


def json_pyarrow(path):
    """Types as a page of a trainer has them; what is free in form has no type there."""
    names = fields_of(path)
    if path.suffix == ".json" or FREE & set(names):
        raise Skip
    types = {name: arrow_type(value) for row in truth_of(path) for name, value in row.items()}
    if any("null" in str(one) for one in types.values()):
        raise Skip
    return pyarrow.json.read_json(
        path,
        read_options=pyarrow.json.ReadOptions(block_size=1 << 28),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=pyarrow.schema(list(types.items()))),
    ).to_pylist()


def arrow_type(value):
    if isinstance(value, str):
        return pyarrow.string()
    if isinstance(value, bool):
        return pyarrow.bool_()
    if isinstance(value, float):
        return pyarrow.float64()
    if isinstance(value, int):
        return pyarrow.int64()
    if isinstance(value, list):
        kinds = {arrow_type(one) for one in value}
        # Messages with different keys, as Nova has them, are of no one type.
        return pyarrow.list_(kinds.pop() if len(kinds) == 1 else pyarrow.null())
    if isinstance(value, dict):
        return pyarrow.struct([(name, arrow_type(one)) for name, one in value.items()])
    return pyarrow.null()


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


# --- Parquet ----------------------------------------------------------------------------------------


def decoded(reader):
    """Chats of agents are columns of JSON: `datasets` gives their values, the others their text."""

    def read(path):
        schema = pyarrow.parquet.read_schema(path)
        names = [one.name for one in schema if isinstance(one.type, pyarrow.JsonType)]
        rows = reader(path)
        for row in rows:
            row.update({name: json.loads(row[name]) for name in names if row[name] is not None})
        return rows

    return read


def parquet_duckdb(path):
    table = duckdb.sql(f"select * from '{path}'")
    return [dict(zip(table.columns, row)) for row in table.fetchall()]


PARQUET = {
    "datasets": lambda path: hf("parquet", path).to_list(),
    "datasets, streaming": lambda path: list(
        load_dataset("parquet", data_files=str(path), streaming=True)["train"]
    ),
    "datasets, folder": json_folder,
    "pandas": decoded(lambda path: pandas.read_parquet(path).to_dict("records")),
    "polars": decoded(lambda path: polars.read_parquet(path).to_dicts()),
    "duckdb": decoded(parquet_duckdb),
    "pyarrow": decoded(lambda path: pyarrow.parquet.read_table(path).to_pylist()),
}

# --- CSV --------------------------------------------------------------------------------------------


def csv_pyarrow(path):
    types = {name: pyarrow.string() for name in fields_of(path)}
    return pyarrow.csv.read_csv(
        path,
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(column_types=types),
    ).to_pylist()


def csv_duckdb(path):
    table = duckdb.sql(f"select * from read_csv('{path}', all_varchar = true, header = true)")
    return [dict(zip(table.columns, row)) for row in table.fetchall()]


def csv_datasets(path):
    told = Features({name: Value("string") for name in fields_of(path)})
    return hf("csv", path, features=told, keep_default_na=False).to_list()


CSV = {
    "python": truth_of,
    "datasets": csv_datasets,
    "datasets, folder": json_folder,
    "pandas": lambda path: pandas.read_csv(path, dtype=str, keep_default_na=False).to_dict("records"),
    "polars": lambda path: polars.read_csv(path, infer_schema=False).to_dicts(),
    "duckdb": csv_duckdb,
    "pyarrow": csv_pyarrow,
}

JSON = {
    "python": truth_of,
    "datasets": json_datasets,
    "datasets, streaming": json_datasets_stream,
    "datasets, untold": json_datasets_untold,
    "datasets, folder": json_folder,
    "pandas": json_pandas,
    "polars": json_polars,
    "duckdb": json_duckdb,
    "duckdb, untold": json_duckdb_untold,
    "pyarrow": json_pyarrow,
}
READERS = {".jsonl": JSON, ".json": JSON, ".parquet": PARQUET, ".csv": CSV}
# What no page offers: raw and records hold what people gave, which has no type to be guessed.
UNTOLD = {"datasets, untold", "datasets, folder", "duckdb, untold"}
# How a file is packed or split changes little: fewer readers see to that.
FEWER = {"gz": {"python", "datasets", "pandas", "polars", "duckdb"}, "split": {"python"}}


def plain(value):
    """One form for what readers call the same: NumPy's lists and NaN, and absent or null keys."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: plain(one) for name, one in sorted(value.items()) if one is not None}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float):
        # In a row with a column of Json `datasets` rewrites numbers with ten decimals.
        return None if math.isnan(value) else round(value, 10)
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def same(found, truth):
    """None, or the first place where two lists of rows differ."""
    for at, (one, two) in enumerate(zip(found, truth)):
        one, two = plain(one), plain(two)
        one = {name: value for name, value in one.items() if value not in (None, "")}
        two = {name: value for name, value in two.items() if value not in (None, "")}
        if one != two:
            name = next((k for k in {**one, **two} if one.get(k) != two.get(k)), "?")
            return f"row {at}, {name}: {str(one.get(name))[:60]!r} is {str(two.get(name))[:60]!r}"
    return None


def cell(reader, path, rows, truth):
    """What stands in the table: a number of rows, '-' or why it failed."""
    try:
        found = reader(path)
    except Skip:
        return "-"
    except Exception as error:  # noqa: BLE001: whatever a reader says is what the table is for
        cause = error.__cause__ or error
        return f"FAIL {type(cause).__name__}: {str(cause)[:200]}"
    count = found if isinstance(found, int) else len(found)
    if count != rows:
        return f"FAIL {count} rows, the manifest counts {rows}"
    wrong = None if isinstance(found, int) or truth is None else same(found, truth)
    return f"FAIL {wrong}" if wrong else str(rows)


def files_of(export):
    """The data files the manifest names, with their rows."""
    manifest = Path(export["manifest"])
    named = json.loads(manifest.read_text())["files"]
    return [(manifest.parent / one["name"], one["rows"]) for one in named if one["rows"] > 0]


def main(index):
    told = json.loads(Path(index).read_text())
    truths = {}
    results = []
    for export in told["exports"]:
        files = files_of(export)
        for path, rows in files:
            kind = Path(path.name.removesuffix(".gz")).suffix
            key = (export["sample"], export["format"], path.name.split(".")[0])
            if kind != ".parquet" and export["kind"] == "plain":
                truths[key] = truth_of(path)
            truth = truth_of(path) if kind != ".parquet" else truths.get(key)
            for name, reader in READERS[kind].items():
                is_free = export["format"] in ("raw", "records", "argilla", "argilla-flat")
                if name not in FEWER.get(export["kind"], {name}):
                    continue
                if name in UNTOLD and (is_free or (name == "datasets, folder" and len(files) > 1)):
                    continue
                if name == "datasets, folder" and export["format"] == "llama-factory":
                    continue
                results.append((export, kind, name, cell(reader, path, rows, truth)))
        if export["kind"] == "split":
            results.append((export, "folder", "datasets, folder", splits(export, dict(files))))
    return report(told["formats"], results)


def splits(export, files):
    """A folder of --split as one: train and test, and nothing else."""
    want = {path.name.split(".")[0]: rows for path, rows in files.items()}
    if not want or Path(export["path"]).joinpath("dataset_info.json").exists():
        return "-"
    try:
        found = load_dataset(export["path"], cache_dir=tempfile.mkdtemp())
    except Exception as error:  # noqa: BLE001
        return f"FAIL {type(error).__name__}: {str(error)[:200]}"
    rows = {name: len(part) for name, part in found.items()}
    return str(sum(rows.values())) if rows == want else f"FAIL {rows}, not {want}"


def report(formats, results):
    """The table, format by reader; true when every cell holds and every format has a reader."""
    readers = list(dict.fromkeys(name for *_, name, _ in results))
    kinds = list(dict.fromkeys((one["format"], kind) for one, kind, *_ in results))
    width = max(len(f"{name} {kind}") for name, kind in kinds)
    print(" " * width, *(f"{name:>19}" for name in readers))
    failed = []
    for format_name, kind in kinds:
        cells = []
        for reader in readers:
            found = [
                (one, said)
                for one, its_kind, name, said in results
                if (one["format"], its_kind, name) == (format_name, kind, reader) and said != "-"
            ]
            bad = [(one, said) for one, said in found if said.startswith("FAIL")]
            failed += [(one, reader, said) for one, said in bad]
            rows = sum(int(said) for _, said in found if not said.startswith("FAIL"))
            cells.append("-" if not found else f"{len(bad)} FAIL" if bad else f"{rows} rows")
        print(f"{f'{format_name} {kind}':{width}}", *(f"{one:>19}" for one in cells))
    for one, reader, said in failed:
        print(f"FAIL  {one['format']} ({one['sample']}, {one['kind']}) by {reader}: {said[5:]}")
    unread = [name for name in formats if not any(name == one["format"] for one, *_ in results)]
    for name in unread:
        print(f"FAIL  {name}: no sample of data.ts fits it, so nobody read it")
    print(f"{len(results)} readings, {len(failed)} failed; {len(formats)} formats, {len(unread)} unread")
    return not failed and not unread


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1]) else 1)
