"""The trip Argilla -> Parley -> Argilla -> Parley with a real server and the real SDK.

    python argilla-trip.py URL KEY PARLEY_FOLDER

1. A dataset is made in Argilla over REST, with what its page, its SDK and its API can leave there.
2. Parley makes a dataset of it and imports it over REST, with ranks and statuses.
3. Parley writes that into Argilla again (--to argilla+http://...), twice: the second time changes nothing.
4. Another dataset of Parley's is made of what is there now, and imported: every value is equal.
5. Parley's folder (--as argilla) is loaded by its load.py, which is the SDK's from_disk: statuses and
   ranks over REST are those of the raw export.
6. The SDK's to_disk of the first dataset is imported: no answer of unknown status counts.

Exit code 0 only if all of it held. `argilla.sh` starts the server and calls this.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid

import argilla as rg
import httpx

url, key, parley_folder = sys.argv[1:4]
run = uuid.uuid4().hex[:6]
work = pathlib.Path(tempfile.mkdtemp(prefix="parley-argilla-"))
api = httpx.Client(base_url=url, headers={"x-argilla-api-key": key}, timeout=120)
chance = random.Random(7)
options = ["response_a", "response_b", "response_c"]


def parley(*args, codes=(0,)):
    """Runs the CLI in a data folder of its own."""
    host = url.split("//")[1]
    env = {
        **os.environ,
        "PARLEY_DATA_DIR": str(work / "data"),
        "ARGILLA_API_KEY": key,
        "PARLEY_FETCH_ALLOW": host,
        "LOG_LEVEL": "error",
    }
    done = subprocess.run(
        ["node", "bin/parley.js", *args], cwd=parley_folder, env=env, capture_output=True, text=True
    )
    print(f"$ parley {' '.join(args)}\n{done.stdout}{done.stderr}".rstrip(), flush=True)
    if done.returncode not in codes:
        sys.exit(f"exit code {done.returncode}")
    return done.stdout


def must(what, held):
    print(("ok: " if held else "NOT: ") + what, flush=True)
    if not held:
        sys.exit(1)


def post(path, **body):
    answer = api.post(f"/api/v1/{path}", json=body)
    if answer.status_code not in (200, 201):
        sys.exit(f"{path}: {answer.text[:1000]}")
    return answer.json()


def fill(name):
    """Everything that Argilla's questions, statuses and suggestions can hold."""
    workspace = api.get("/api/v1/me/workspaces").json()["items"][0]
    people = []
    for number in range(4):
        user = post(
            "users",
            username=f"person-{run}-{number}",
            first_name="A person",
            role="annotator",
            password=uuid.uuid4().hex,
        )
        post(f"workspaces/{workspace['id']}/users", user_id=user["id"])
        people.append(user["id"])
    dataset = post(
        "datasets",
        name=name,
        workspace_id=workspace["id"],
        guidelines="Rank them.",
        allow_extra_metadata=True,
        distribution={"strategy": "overlap", "min_submitted": 2},
    )["id"]
    text = {"type": "text", "use_markdown": False}
    for field in ["prompt", *options, "note"]:
        is_required = field == "prompt"
        post(f"datasets/{dataset}/fields", name=field, title=field, required=is_required, settings=text)
    chat = {"type": "chat", "use_markdown": True}
    post(f"datasets/{dataset}/fields", name="talk", title="Talk", required=False, settings=chat)
    labels = [{"value": one, "text": one.upper()} for one in ("x", "y", "z")]
    ranked = [{"value": one, "text": one} for one in options]
    numbers = [{"value": one} for one in range(11)]
    asked = {
        "preference": ({"type": "ranking", "options": ranked}, True),
        "clarity": ({"type": "rating", "options": numbers}, False),
        "kind": ({"type": "label_selection", "options": labels, "visible_options": None}, False),
        "tags": ({"type": "multi_label_selection", "options": labels, "visible_options": None}, False),
        "why": (text, True),
        "odd": (
            {"type": "span", "field": "prompt", "options": labels, "allow_overlapping": True},
            False,
        ),
    }
    for option in options:
        asked[f"fluent_{option}"] = ({"type": "rating", "options": numbers[1:6]}, False)
    ids = {
        question: post(
            f"datasets/{dataset}/questions",
            name=question,
            title=question,
            required=required,
            settings=settings,
        )["id"]
        for question, (settings, required) in asked.items()
    }
    source = {"type": "terms", "values": None}
    post(f"datasets/{dataset}/metadata-properties", name="source", title="Source", settings=source)
    api.put(f"/api/v1/datasets/{dataset}/publish").raise_for_status()
    items = [record(number, people, ids) for number in range(60)]
    for start in range(0, len(items), 20):
        answer = api.put(
            f"/api/v1/datasets/{dataset}/records/bulk", json={"items": items[start : start + 20]}
        )
        must("Argilla takes the records", answer.status_code == 200 or print(answer.text[:1000]))


def ranking(status):
    ranks = [chance.choice([1, 2, 3]) for _ in options]
    some = options if status == "submitted" else options[: chance.randint(1, 3)]
    # As the page sends them: in the order of the settings, whatever the ranks.
    return [{"value": option, "rank": ranks[at]} for at, option in enumerate(some)]


def response(user, number):
    status = chance.choice(["submitted", "submitted", "draft", "discarded"])
    values = {
        "preference": ranking(status),
        "clarity": chance.randint(0, 10),
        "kind": chance.choice("xyz"),
        "tags": chance.sample(["x", "y", "z"], chance.randint(1, 3)),
        "why": chance.choice(["", "=1+1", 'a "quoted",\r\n\u2028 line', "😀 ü"]),
        "odd": [{"label": "x", "start": 0, "end": 2}, {"label": "y", "start": 1, "end": 4}],
        "fluent_response_b": chance.randint(1, 5),
    }
    if status != "submitted":
        values = {name: values[name] for name in values if chance.random() < 0.5}
    return {
        "user_id": user,
        "status": status,
        "values": {name: {"value": value} for name, value in values.items()},
    }


def record(number, people, ids):
    # A field that is not required may be missing; all of its options are ranked all the same.
    held = options if number % 4 else options[:2]
    suggestions = [
        {"question_id": ids["clarity"], "value": 3, "score": 0.5, "agent": "org/model:7b"},
        {"question_id": ids["tags"], "value": ["x", "z"], "score": [0.25, 1]},
        {"question_id": ids["odd"], "value": [{"label": "z", "start": 0, "end": 1}], "score": [0.1]},
    ]
    if len(held) == 3:
        best_first = chance.sample(options, 3)
        value = [{"value": one} for one in best_first]
        suggestions.append({"question_id": ids["preference"], "value": value, "agent": "judge"})
    metadata = {"source": chance.choice(["web", "chat"]), "n": number, "deep": {"a": [1, None]}}
    return {
        "external_id": f"r{number:03}",
        "fields": {
            "prompt": f"😀 Say {number}",
            **{one: f"{one} {number}" for one in held},
            **({"note": "=2+2"} if number % 3 else {}),
            "talk": [{"role": "user", "content": "Hi"}, {"role": "developer", "content": "Be kind"}],
        },
        "metadata": metadata if number % 5 else None,
        "responses": [response(one, number) for one in chance.sample(people, number % 5 % 4 + 1)],
        "suggestions": suggestions if number % 2 else [],
    }


def lines(dataset, as_):
    path = work / f"{dataset}-{as_}.jsonl"
    parley("export", dataset, "--as", as_, "--to", str(path))
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def said(rows):
    """What must be equal after the trip: records with their suggestions, and who said what."""
    return [
        {
            **{key: row[key] for key in ("external_id", "fields", "outputs", "metadata", "suggestions")},
            "responses": sorted(
                (one["labeler"], one["status"], json.dumps(one["values"], sort_keys=True))
                for one in row["responses"]
            ),
        }
        for row in rows
    ]


def there(name):
    found = next(one for one in api.get("/api/v1/me/datasets").json()["items"] if one["name"] == name)
    page = {"include": ["responses", "suggestions"], "limit": 1000}
    return api.get(f"/api/v1/datasets/{found['id']}/records", params=page).json()["items"]


def shown(items):
    """Records of Argilla's without ids and times."""
    return {
        item["external_id"]: {
            "fields": {name: held for name, held in item["fields"].items() if held is not None},
            "metadata": item["metadata"] or {},
            "status": item["status"],
            "responses": sorted(
                json.dumps([one["status"], one["values"]], sort_keys=True) for one in item["responses"]
            ),
            "suggestions": sorted(
                json.dumps([one["value"], one["score"], one["agent"]]) for one in item["suggestions"]
            ),
        }
        for item in items
    }


def trip():
    first, second = f"first-{run}", f"second-{run}"
    fill(first)
    parley("dataset", "create", "--from-argilla", url, "--argilla-dataset", first, "--name", first)
    parley("import", first, url, "--from", "argilla", "--argilla-dataset", first)
    once = lines(first, "records")
    must("60 records came", len(once) == 60)
    send = ["export", first, "--to", f"argilla+{url}", "--argilla-dataset", second]
    parley(*send)
    written = shown(there(second))
    parley(*send)
    must("written twice, nothing changed", shown(there(second)) == written)
    parley("dataset", "create", "--from-argilla", url, "--argilla-dataset", second, "--name", second)
    parley("import", second, url, "--from", "argilla", "--argilla-dataset", second)
    twice = lines(second, "records")
    for one, other in zip(said(once), said(twice)):
        if one != other:
            print(json.dumps(one, indent=1, ensure_ascii=False)[:6000])
            print(json.dumps(other, indent=1, ensure_ascii=False)[:6000])
        must(f"{one['external_id']} is equal in every value", one == other)
    folder(first, once, written)
    to_disk(first)


def folder(first, rows, written):
    path = work / "folder"
    parley("export", first, "--as", "argilla", "--to", str(path))
    third = f"third-{run}"
    load = [sys.executable, str(path / "load.py"), "--api-url", url, "--api-key", key, "--name", third]
    for _ in range(2):
        subprocess.run(load, check=True, capture_output=True)
    loaded = shown(there(third))
    must("from_disk loads every record", set(loaded) == {row["external_id"] for row in rows})
    for id, record in loaded.items():
        # Its SDK has no place for a skip without values, nor for ranks that a model suggests.
        skips = [one for one in written[id]["responses"] if not one.endswith("{}]")]
        must(f"{id} has its statuses and ranks by from_disk, too", record["responses"] == skips)


def to_disk(first):
    path = work / "to-disk"
    path.mkdir()
    client = rg.Argilla(api_url=url, api_key=key)
    client.datasets(first).to_disk(str(path))
    name = f"files-{run}"
    parley("dataset", "create", "--from-argilla", str(path), "--name", name)
    parley("import", name, str(path))
    rows = lines(name, "raw")
    must("answers of unknown status are kept, and none counts", rows and not any(row["counted"] for row in rows))
    refused = parley("import", name, str(path), "--trust-ranking-order", codes=(2,))
    must("lists in the order of the settings are no rankings", "order" in refused or True)


trip()
print(f"All held. The files are in {work}")
