"""Writes the Parquet files that test/records/parquet.test.ts reads, by the programs people use.

Each file is ROWS.WRITER-VARIANT.parquet; what it must read as stands in ROWS.json, made here from the
Python values and not by any reader. A writer that cannot hold a column leaves it out.

    python3 -m venv venv && venv/bin/pip install pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 \
        duckdb==2.0.1 fastparquet==2026.9.0 datafusion==55.0.0 pyspark==4.2.0   # Spark needs Java 17
    venv/bin/python scripts/real/parquet_fixtures.py test/records/parquet
    python3 -m venv old && old/bin/pip install pyarrow==18.1.0 pandas==2.2.3
    old/bin/python scripts/real/parquet_fixtures.py test/records/parquet old
"""

import datetime as dt
import decimal
import glob
import json
import shutil
import sys
import tempfile
import uuid
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

D = decimal.Decimal
UTC = dt.timezone.utc
BERLIN = "Europe/Berlin"
WHEN = dt.datetime(2026, 3, 29, 0, 59, 59, 123456)
EARLY = dt.datetime(1969, 12, 31, 23, 59, 59, 999999)

# name: (Arrow type, Python values, what they are in JSON)
SCALARS = {
    "prompt": (pa.string(), ["Why?", "", "Ünï 🙂\u2028\r\n"], ["Why?", "", "Ünï 🙂\u2028\r\n"]),
    "large": (pa.large_string(), ["a", None, "\ufeffmarked"], ["a", None, "\ufeffmarked"]),
    "kind": (pa.dictionary(pa.int32(), pa.string()), ["x", "y", "x"], ["x", "y", "x"]),
    "flag": (pa.bool_(), [True, None, False], [True, None, False]),
    "i8": (pa.int8(), [-128, 0, 127], [-128, 0, 127]),
    "u8": (pa.uint8(), [0, None, 255], [0, None, 255]),
    "i16": (pa.int16(), [-32768, 1, 32767], [-32768, 1, 32767]),
    "u16": (pa.uint16(), [0, 1, 65535], [0, 1, 65535]),
    "i32": (pa.int32(), [-(2**31), None, 2**31 - 1], [-(2**31), None, 2**31 - 1]),
    "u32": (pa.uint32(), [0, None, 2**32 - 1], [0, None, 2**32 - 1]),
    "i64": (
        pa.int64(),
        [-(2**63), 2**53 - 1, 2**63 - 1],
        ["-9223372036854775808", 2**53 - 1, "9223372036854775807"],
    ),
    "u64": (pa.uint64(), [7, None, 2**64 - 1], [7, None, "18446744073709551615"]),
    "f16": (pa.float16(), [0.1, None, -2.5], [0.1, None, -2.5]),
    "f32": (pa.float32(), [0.1, None, -16777216.0], [0.1, None, -16777216]),
    "f64": (pa.float64(), [0.1, float("nan"), 1e300], [0.1, None, 1e300]),
    "whole": (pa.float64(), [1.0, None, 3.0], [1, None, 3]),
    "d9": (pa.decimal128(9, 2), [D("1.10"), None, D("-0.05")], [1.1, None, -0.05]),
    "d18": (
        pa.decimal128(18, 4),
        [D("12345678901234.5678"), None, D("0.3000")],
        ["12345678901234.5678", None, 0.3],
    ),
    "d38": (
        pa.decimal128(38, 10),
        [D("-1234567890123456789012345678.0123456789"), None, D("2.5")],
        ["-1234567890123456789012345678.0123456789", None, 2.5],
    ),
    "day": (
        pa.date32(),
        [dt.date(2026, 2, 28), None, dt.date(1969, 12, 31)],
        ["2026-02-28", None, "1969-12-31"],
    ),
    "at_s": (
        pa.timestamp("s"),
        [WHEN.replace(microsecond=0), None, EARLY.replace(microsecond=0)],
        ["2026-03-29T00:59:59", None, "1969-12-31T23:59:59"],
    ),
    "at_ms": (
        pa.timestamp("ms", tz="UTC"),
        [WHEN.replace(microsecond=123000), None, EARLY.replace(microsecond=999000)],
        ["2026-03-29T00:59:59.123Z", None, "1969-12-31T23:59:59.999Z"],
    ),
    "at_us": (
        pa.timestamp("us"),
        [WHEN, None, EARLY],
        ["2026-03-29T00:59:59.123456", None, "1969-12-31T23:59:59.999999"],
    ),
    "at_zone": (
        pa.timestamp("us", tz=BERLIN),
        [WHEN.replace(tzinfo=UTC), None, EARLY.replace(tzinfo=UTC)],
        ["2026-03-29T00:59:59.123456Z", None, "1969-12-31T23:59:59.999999Z"],
    ),
    "at_ns": (
        pa.timestamp("ns", tz="UTC"),
        [1774745999123456789, None, -1],
        ["2026-03-29T00:59:59.123456789Z", None, "1969-12-31T23:59:59.999999999Z"],
    ),
    "time_ms": (
        pa.time32("ms"),
        [dt.time(3, 4, 5, 6000), None, dt.time(0, 0)],
        ["03:04:05.006", None, "00:00:00"],
    ),
    "time_us": (
        pa.time64("us"),
        [dt.time(3, 4, 5, 6), None, dt.time(23, 59, 59, 999999)],
        ["03:04:05.000006", None, "23:59:59.999999"],
    ),
    "nothing": (pa.null(), [None, None, None], [None, None, None]),
    "bytes": (pa.binary(), [b"plain", None, "ü".encode()], ["plain", None, "ü"]),
    "fixed": (pa.binary(4), [b"abcd", None, "üü".encode()], ["abcd", None, "üü"]),
}

MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
OUTPUT = pa.struct(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("score", pa.float64()),
        ("tags", pa.list_(pa.string())),
    ]
)
CHAT = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]
NESTED = {
    "id": (pa.string(), ["a", "b", "c", "d", "e"]),
    "messages": (pa.list_(MESSAGE), [CHAT, [], None, CHAT[:1], [{"role": None, "content": None}]]),
    "outputs": (
        pa.list_(OUTPUT),
        [
            [
                {"id": "o1", "text": "x", "score": 0.5, "tags": ["p", "q"]},
                {"id": "o2", "text": None, "score": None, "tags": []},
            ],
            None,
            [],
            [{"id": "o1", "text": "", "score": 2.0, "tags": None}, None],
            [{"id": "o1", "text": "y", "score": None, "tags": [None]}],
        ],
    ),
    "one": (MESSAGE, [CHAT[0], None, {"role": None, "content": None}, CHAT[1], None]),
    "texts": (pa.list_(pa.string()), [["a", None, ""], [], None, ["b"], [None]]),
    "numbers": (pa.large_list(pa.int64()), [[1, 2**53 - 1], [], None, [None], [3]]),
    "grid": (
        pa.list_(pa.list_(pa.int32())),
        [[[1, 2], [], None, [3]], [], None, [[]], [None, [4, None]]],
    ),
    "deep": (
        pa.struct([("a", pa.struct([("b", pa.list_(MESSAGE))])), ("n", pa.int32())]),
        [
            {"a": {"b": CHAT}, "n": 1},
            {"a": {"b": None}, "n": None},
            {"a": None, "n": 2},
            None,
            {"a": {"b": []}, "n": 3},
        ],
    ),
    "pair": (pa.list_(pa.float32(), 2), [[0.5, 1.0], [0.25, 2.0], None, [0.0, 0.0], [1.5, None]]),
}
MAPS = {
    "id": (pa.string(), ["a", "b", "c", "d"]),
    "scores": (
        pa.map_(pa.string(), pa.float64()),
        [{"help": 1.5, "harm": None}, {}, None, {"help": 2.0}],
    ),
    "lists": (
        pa.map_(pa.string(), pa.list_(pa.string())),
        [{"x": ["1", None]}, {"y": []}, {"z": None}, None],
    ),
}
FLAT = ["prompt", "kind", "flag", "i32", "i64", "f64", "whole", "at_us"]
MANY = 500


OLD = int(pa.__version__.split(".")[0]) < 20


def scalars() -> pa.Table:
    columns = dict(SCALARS)
    if OLD:
        del columns["f16"]
    return pa.table({n: pa.array(v, t) for n, (t, v, _) in columns.items()})


def nested(columns=NESTED) -> pa.Table:
    arrays = {}
    for name, (type_, values) in columns.items():
        if OLD and name == "pair":
            continue
        if pa.types.is_map(type_):
            values = [None if v is None else list(v.items()) for v in values]
        arrays[name] = pa.array(values, type_)
    return pa.table(arrays)


def many() -> list[dict]:
    """Enough rows for several pages and row groups; nulls, repeats and a column of one value."""
    return [
        {
            "id": f"r{n}",
            "prompt": "Ask " + "x" * (n % 7) + str(n),
            "same": "always",
            "label": None if n % 3 == 0 else n % 3 == 1,
            "score": None if n % 5 == 0 else n / 4,
            "n": n * 1_000_003,
            "chat": [{"role": "user", "content": f"m{k}"} for k in range(n % 3)],
        }
        for n in range(MANY)
    ]


def expected(out: Path) -> None:
    def save(name, rows):
        (out / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")

    save("scalars", [{n: w[at] for n, (_, _, w) in SCALARS.items()} for at in range(3)])
    save("nested", [{n: v[at] for n, (_, v) in NESTED.items()} for at in range(5)])
    save("maps", [{n: v[at] for n, (_, v) in MAPS.items()} for at in range(4)])


def pyarrow_files(save) -> None:
    for codec in ["none"] if OLD else ["none", "snappy", "gzip", "zstd", "lz4", "brotli"]:
        save("scalars", codec, lambda f: pq.write_table(scalars(), f, compression=codec))
    save(
        "scalars",
        "v1",
        lambda f: pq.write_table(scalars().drop_columns(["u32", "at_ns"]), f, version="1.0"),
    )
    save("scalars", "pages2", lambda f: pq.write_table(scalars(), f, data_page_version="2.0"))
    save("scalars", "plain", lambda f: pq.write_table(scalars(), f, use_dictionary=False))
    # Old versions write moments before 1970 as a day and less than nothing of it.
    save(
        "scalars",
        "int96",
        lambda f: pq.write_table(
            scalars().slice(0, 2 if OLD else 3).drop_columns(["u8", "u16", "u32", "u64"]),
            f,
            flavor="spark",
            use_deprecated_int96_timestamps=True,
            store_schema=False,
        ),
    )
    save(
        "scalars",
        "indexed",
        lambda f: pq.write_table(
            scalars(),
            f,
            write_page_index=True,
            write_page_checksum=True,
            store_decimal_as_integer=True,
            sorting_columns=[pq.SortingColumn(0)],
        ),
    )
    encodings = {
        "prompt": "DELTA_BYTE_ARRAY",
        "large": "DELTA_LENGTH_BYTE_ARRAY",
        "i32": "DELTA_BINARY_PACKED",
        "i64": "DELTA_BINARY_PACKED",
        "u64": "DELTA_BINARY_PACKED",
        "f32": "BYTE_STREAM_SPLIT",
        "f64": "BYTE_STREAM_SPLIT",
        "u32": "BYTE_STREAM_SPLIT",
        "fixed": "BYTE_STREAM_SPLIT",
        "flag": "RLE",
        "f16": "BYTE_STREAM_SPLIT",
        "d38": "BYTE_STREAM_SPLIT",
    }
    if OLD:
        del encodings["f16"]
    for pages in ["1.0", "2.0"]:
        save(
            "scalars",
            f"encoded{pages[0]}",
            lambda f: pq.write_table(
                scalars(),
                f,
                use_dictionary=False,
                column_encoding=encodings,
                data_page_version=pages,
            ),
        )
    for pages in ["1.0", "2.0"]:
        save(
            "nested",
            f"pages{pages[0]}",
            lambda f: pq.write_table(nested(), f, data_page_version=pages),
        )
        save(
            "maps",
            f"pages{pages[0]}",
            lambda f: pq.write_table(nested(MAPS), f, data_page_version=pages),
        )
    save(
        "nested",
        "legacy",
        lambda f: pq.write_table(nested(), f, use_compliant_nested_type=False, version="1.0"),
    )
    table = pa.Table.from_pylist(many())
    for pages in ["1.0", "2.0"]:
        save(
            "many",
            f"pages{pages[0]}",
            lambda f: pq.write_table(
                table,
                f,
                compression="zstd",
                row_group_size=200,
                data_page_size=1000,
                data_page_version=pages,
                write_batch_size=100,
                dictionary_pagesize_limit=1000,
            ),
        )
    save("scalars", "empty", lambda f: pq.write_table(scalars().slice(0, 0), f))
    required = pa.schema(
        [
            pa.field("prompt", pa.string(), nullable=False),
            pa.field("i64", pa.int64(), nullable=False),
        ]
    )
    save(
        "scalars",
        "required",
        lambda f: pq.write_table(scalars().select(["prompt", "i64"]).cast(required), f),
    )
    if not OLD:
        save("encrypted", "columns", lambda f: encrypted(f, plaintext_footer=True))
        save("encrypted", "footer", lambda f: encrypted(f, plaintext_footer=False))
    save(
        "untext",
        "bytes",
        lambda f: pq.write_table(
            pa.table({"prompt": ["a", "b"], "raw": pa.array([b"ok", b"\xff\xd8\x00"])}), f
        ),
    )
    broken = pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xc3(")
    )
    save("untext", "latin", lambda f: pq.write_table(pa.table({"id": [1, 2], "prompt": broken}), f))


def encrypted(path: str, plaintext_footer: bool) -> None:
    import base64

    import pyarrow.parquet.encryption as pe

    class Keys(pe.KmsClient):
        """Keeps keys as they are: these files are to be refused and not to be safe."""

        def wrap_key(self, key_bytes, master_key_identifier):
            return base64.b64encode(key_bytes)

        def unwrap_key(self, wrapped_key, master_key_identifier):
            return base64.b64decode(wrapped_key)

    config = pe.EncryptionConfiguration(
        footer_key="footer", column_keys={"columns": ["i64"]}, plaintext_footer=plaintext_footer
    )
    properties = pe.CryptoFactory(lambda _: Keys()).file_encryption_properties(
        pe.KmsConnectionConfig(), config
    )
    table = scalars().select(["prompt", "i64"])
    with pq.ParquetWriter(path, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)


def pandas_files(save) -> None:
    import pandas as pd

    frame = scalars().select(FLAT).to_pandas()
    save("scalars", "default", lambda f: frame.to_parquet(f))
    save(
        "scalars",
        "index",
        lambda f: frame.set_index("prompt", drop=False).rename_axis("prompt_key").to_parquet(f),
    )
    save(
        "nested",
        "default",
        lambda f: nested().select(["id", "messages", "one", "texts"]).to_pandas().to_parquet(f),
    )
    save("many", "default", lambda f: pd.DataFrame(many()).to_parquet(f))


def fastparquet_files(save) -> None:
    frame = scalars().select(["prompt", "flag", "i32", "f64", "whole"]).to_pandas()
    save("scalars", "default", lambda f: frame.to_parquet(f, engine="fastparquet"))
    save("scalars", "gzip", lambda f: frame.to_parquet(f, engine="fastparquet", compression="gzip"))


def polars_files(save) -> None:
    import polars as pl

    frame = pl.from_arrow(scalars().drop_columns(["fixed", "nothing", "d38", "at_zone"]))
    for codec in ["zstd", "lz4", "brotli"]:
        save("scalars", codec, lambda f: frame.write_parquet(f, compression=codec))
    save(
        "scalars",
        "pages2",
        lambda f: frame.write_parquet(f, data_page_size=64, statistics="full", row_group_size=2),
    )
    save("nested", "default", lambda f: pl.from_arrow(nested()).write_parquet(f))
    save(
        "many",
        "default",
        lambda f: pl.DataFrame(many()).write_parquet(f, row_group_size=150, data_page_size=1000),
    )
    save("scalars", "empty", lambda f: frame.clear().write_parquet(f))


def duckdb_files(save) -> None:
    import duckdb

    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.register("s", scalars().drop_columns(["f16", "nothing", "fixed", "bytes"]))
    # A null among lists of one length is written as fewer values than the others say (DuckDB 2.0.1).
    con.register("n", nested().drop_columns(["pair"]))
    con.register("m", nested(MAPS))
    con.register("r", pa.Table.from_pylist(many()))
    for codec in ["snappy", "zstd", "gzip", "lz4_raw", "brotli", "uncompressed"]:
        save(
            "scalars",
            codec,
            lambda f: con.execute(f"copy s to '{f}' (format parquet, codec '{codec}')"),
        )
    save(
        "scalars",
        "v2",
        lambda f: con.execute(f"copy s to '{f}' (format parquet, parquet_version v2)"),
    )
    save("nested", "default", lambda f: con.execute(f"copy n to '{f}' (format parquet)"))
    save(
        "maps",
        "default",
        lambda f: con.execute(f"copy m to '{f}' (format parquet, parquet_version v2)"),
    )
    save(
        "many",
        "default",
        lambda f: con.execute(f"copy r to '{f}' (format parquet, row_group_size 2048)"),
    )
    special = (
        "select uuid '0123abcd-0000-4000-8000-00000000000a' as uuid, "
        "interval '1 month 2 days 3.5 seconds' as span, 12345678901234567890123456789::hugeint as huge, "
        """'{"a": [1, {"b": null}], "big": "x"}'::json as json, 'yes'::enum('yes', 'no') as enum, """
        "1.1::float as f32, timetz '03:04:05+01' as timetz"
    )
    save("special", "default", lambda f: con.execute(f"copy ({special}) to '{f}' (format parquet)"))


def rust_files(save) -> None:
    """DataFusion writes with the crate `parquet` of Arrow Rust."""
    import datafusion as df

    context = df.SessionContext()

    def write(table, path, **options):
        folder = Path(tempfile.mkdtemp())
        context.from_arrow(table).write_parquet(str(folder / "part.parquet"), **options)
        made = [p for p in folder.rglob("*.parquet") if p.is_file()]
        shutil.copy(made[0], path)
        shutil.rmtree(folder)

    # Without Arrow's own schema the file does not say that these are times.
    plain = scalars().drop_columns(["nothing", "at_s"])
    for codec in ["zstd", "snappy", "lz4_raw"]:
        save("scalars", codec, lambda f: write(plain, f, compression=codec))
    save("nested", "default", lambda f: write(nested(), f))
    save("maps", "default", lambda f: write(nested(MAPS), f))
    save("many", "default", lambda f: write(pa.Table.from_pylist(many()), f))
    options = df.ParquetWriterOptions(
        writer_version="2.0",
        bloom_filter_on_write=True,
        max_row_group_size=200,
        data_page_row_count_limit=50,
    )
    save(
        "many", "bloom2", lambda f: write_options(context, pa.Table.from_pylist(many()), f, options)
    )


def write_options(context, table, path, options):
    folder = Path(tempfile.mkdtemp())
    context.from_arrow(table).write_parquet_with_options(str(folder / "part.parquet"), options)
    shutil.copy([p for p in folder.rglob("*.parquet") if p.is_file()][0], path)
    shutil.rmtree(folder)


def spark_files(save) -> None:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "false")
        .getOrCreate()
    )
    source = tempfile.mkdtemp()
    pq.write_table(
        scalars().drop_columns(
            ["f16", "nothing", "u64", "time_ms", "time_us", "at_ns", "u8", "u16", "u32"]
        ),
        f"{source}/s.parquet",
    )
    pq.write_table(nested(), f"{source}/n.parquet")
    pq.write_table(nested(MAPS), f"{source}/m.parquet")
    pq.write_table(pa.Table.from_pylist(many()), f"{source}/r.parquet")

    def write(name, path, settings=(), **options):
        for key, value in settings:
            spark.conf.set(key, value)
        folder = Path(tempfile.mkdtemp()) / "out"
        spark.read.parquet(f"{source}/{name}.parquet").coalesce(1).write.options(**options).parquet(
            str(folder)
        )
        shutil.copy(glob.glob(f"{folder}/*.parquet")[0], path)
        for key, _ in settings:
            spark.conf.unset(key)

    legacy = [("spark.sql.parquet.writeLegacyFormat", "true")]
    int96 = [("spark.sql.parquet.outputTimestampType", "INT96")]
    micros = [("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")]
    for codec in ["snappy", "gzip", "zstd", "lz4_raw", "uncompressed"]:
        save("scalars", codec, lambda f: write("s", f, micros, compression=codec))
    save("scalars", "int96", lambda f: write("s", f, int96))
    save("scalars", "legacy", lambda f: write("s", f, legacy))
    save("scalars", "pages2", lambda f: write("s", f, micros, **{"parquet.writer.version": "v2"}))
    for name, rows in [("n", "nested"), ("m", "maps")]:
        save(rows, "default", lambda f: write(name, f))
        save(rows, "legacy", lambda f: write(name, f, legacy))
        save(rows, "pages2", lambda f: write(name, f, **{"parquet.writer.version": "v2"}))
    save(
        "many",
        "pages2",
        lambda f: write("r", f, **{"parquet.writer.version": "v2", "parquet.page.size": "1024"}),
    )
    spark.stop()


WRITERS = {
    "pyarrow": pyarrow_files,
    "pandas": pandas_files,
    "fastparquet": fastparquet_files,
    "polars": polars_files,
    "duckdb": duckdb_files,
    "rust": rust_files,
    "spark": spark_files,
}


def main(out: Path, chosen: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    if chosen == ["old"]:
        save = saver(out, f"pyarrow{pa.__version__.split('.')[0]}")
        pyarrow_files(save)
        pandas_files(saver(out, "pandas2"))
        return
    expected(out)
    for name in chosen or WRITERS:
        WRITERS[name](saver(out, name))


def saver(out: Path, writer: str):
    def save(rows: str, variant: str, write) -> None:
        path = out / f"{rows}.{writer}-{variant}.parquet"
        try:
            write(str(path))
        except (
            Exception
        ) as error:  # noqa: BLE001 - a version that cannot write it says so and leaves it out
            print(f"{path.name}: {type(error).__name__}: {str(error).splitlines()[0][:160]}")
            path.unlink(missing_ok=True)

    return save


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
