"""Rewrites a `records` file as docs/exports.md says: by DuckDB and by pyarrow, as Parquet and as JSON lines.

    VENV/bin/python scripts/real/rewrite.py FOLDER/records.jsonl
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

PLAIN = {"format": "BIGINT", "external_id": "VARCHAR", "status": "VARCHAR", "priority": "BIGINT"}
NESTED = ["fields", "outputs", "metadata", "suggestions", "responses"]


def by_duckdb(path: Path) -> list[str]:
    columns = {**PLAIN, **dict.fromkeys(NESTED, "JSON")}
    told = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    source = f"read_json('{path}', format = 'newline_delimited', columns = {{{told}}})"
    names = ["duckdb.parquet", "duckdb.jsonl"]
    for name in names:
        kind = "parquet" if name.endswith(".parquet") else "json"
        duckdb.sql(f"copy (select * from {source}) to '{path.parent / name}' (format {kind})")
    return names


def by_pyarrow(path: Path) -> list[str]:
    kinds = {"BIGINT": pa.int64(), "VARCHAR": pa.string()}
    schema = pa.schema(
        [(name, kinds[kind]) for name, kind in PLAIN.items()] + [(name, pa.json_()) for name in NESTED]
    )
    with open(path, encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file]
    columns = {
        name: [json.dumps(row[name]) if name in NESTED else row[name] for row in rows]
        for name in schema.names
    }
    arrays = [
        pa.array(columns[name], pa.string() if name in NESTED else schema.field(name).type)
        for name in schema.names
    ]
    arrays = [one.cast(schema.field(name).type) for name, one in zip(schema.names, arrays)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path.parent / "pyarrow.parquet")
    return ["pyarrow.parquet"]


def main(path: Path) -> None:
    names = by_duckdb(path) + by_pyarrow(path)
    (path.parent / "rewritten.json").write_text(json.dumps(names))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
