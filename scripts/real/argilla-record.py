"""Records what a real Argilla says to each of these records: the stand-in of test/argilla must say the same.

    python argilla-record.py URL KEY > test/argilla/recorded.json

Ids and times are left out; users are called by their place. Needs httpx and a running Argilla 2.8.0.
"""

import json
import re
import sys
import uuid

import httpx

url, key = sys.argv[1:3]
api = httpx.Client(base_url=url, headers={"x-argilla-api-key": key}, timeout=60)
text = {"type": "text", "use_markdown": False}
labels = [{"value": one, "text": one, "description": None} for one in "abc"]
options = ["response1", "response2", "response3"]
layout = {
    "fields": [
        *({"name": name, "title": name, "required": name == "prompt", "settings": text} for name in ["prompt", *options]),
        {"name": "chat", "title": "chat", "required": False, "settings": {"type": "chat", "use_markdown": True}},
    ],
    "questions": [
        {"name": name, "title": name, "description": None, "required": name == "req", "settings": settings}
        for name, settings in {
            "pref": {"type": "ranking", "options": [{"value": one, "text": one, "description": None} for one in options]},
            "rate": {"type": "rating", "options": [{"value": one} for one in (1, 2, 3)]},
            "tags": {"type": "multi_label_selection", "options": labels, "visible_options": None, "options_order": "natural"},
            "lab": {"type": "label_selection", "options": labels, "visible_options": None},
            "span": {"type": "span", "field": "prompt", "options": labels, "visible_options": None, "allow_overlapping": True},
            "req": text,
        }.items()
    ],
    "metadata": [
        {"name": name, "title": name, "visible_for_annotators": False, "settings": {"type": type_}}
        for name, type_ in {"terms": "terms", "whole": "integer", "part": "float"}.items()
    ],
}


def ranks(*all_):
    return [{"value": option, "rank": rank} for option, rank in zip(options, all_)]


def answer(status="submitted", user=0, **values):
    return {"user": user, "status": status, "values": {name: {"value": value} for name, value in values.items()}}


def suggestion(question, value, **more):
    return {"question": question, "value": value, **more}


def case(name, *responses, fields=None, metadata=None, suggestions=(), id_=None):
    return {
        "name": name,
        "item": {
            "external_id": id_ or name,
            "fields": fields or {"prompt": "hello"},
            "metadata": metadata,
            "responses": list(responses),
            "suggestions": list(suggestions),
        },
    }


def chat(*messages):
    return {"prompt": "x", "chat": [{"role": role, "content": content} for role, content in messages]}


ok = answer(req="x")
cases = [
    case("whole ranking with ties and gaps", answer(req="x", pref=ranks(1, 3, 3))),
    case("ranking best first", answer(req="x", pref=ranks(3, 1, 2)[1:] + ranks(3, 1, 2)[:1])),
    case("submitted, part of a ranking", answer(req="x", pref=ranks(1))),
    case("submitted, a rank of null", answer(req="x", pref=ranks(1, 2, None))),
    case("submitted, a rank beyond", answer(req="x", pref=ranks(1, 2, 4))),
    case("submitted, a rank of 0", answer(req="x", pref=ranks(0, 1, 2))),
    case("submitted without what is required", answer(rate=1)),
    case("submitted without values", answer()),
    case("draft, part of a ranking", answer("draft", pref=ranks(2))),
    case("draft, ranks beyond", answer("draft", pref=ranks(1, 9))),
    case("draft without values", answer("draft")),
    case("discarded without values", answer("discarded")),
    case("discarded with values", answer("discarded", rate=2)),
    case("empty text", answer(req="")),
    case("no label of several", answer(req="x", tags=[])),
    case("draft, no label of several", answer("draft", tags=[])),
    case("labels", answer(req="x", tags=["b", "a"], lab="c")),
    case("another label", answer(req="x", lab="z")),
    case("another rating", answer(req="x", rate=9)),
    case("spans", answer(req="x", span=[{"label": "a", "start": 0, "end": 3}, {"label": "b", "start": 1, "end": 5}])),
    case("no spans", answer(req="x", span=[])),
    case("a span beyond", answer(req="x", span=[{"label": "a", "start": 0, "end": 6}])),
    case("code points", answer(req="x", span=[{"label": "a", "start": 0, "end": 3}]), fields={"prompt": "😀😀a"}),
    case("UTF-16 units", answer(req="x", span=[{"label": "a", "start": 0, "end": 5}]), fields={"prompt": "😀😀a"}),
    case("another question", answer(req="x", other=1)),
    case("another user", answer(user=9, req="x")),
    case("a user twice", ok, ok),
    case("two users", ok, answer(user=1, req="y")),
    case("a part for a whole number", ok, metadata={"whole": 2.5}),
    case("a whole for a part", ok, metadata={"part": 2}),
    case("a whole with its fraction", ok, metadata={"part": 2.0}),
    case("metadata of every kind", ok, metadata={"terms": ["a", 1], "deep": {"a": [1, None]}, "flag": True, "none": None}),
    case("empty message", ok, fields=chat(("user", ""))),
    case("20,000 characters", ok, fields=chat(("user", "😀" * 20_000))),
    case("20,001 characters", ok, fields=chat(("user", "x" * 20_001))),
    case("21 characters of a role", ok, fields=chat(("u" * 21, "x"))),
    case("501 messages", ok, fields=chat(*[("u", "x")] * 501)),
    case("empty prompt", ok, fields={"prompt": ""}),
    case("no prompt", ok, fields={"response1": "x"}),
    case("another field", ok, fields={"prompt": "x", "other": "y"}),
    case("ranking suggested without ranks", ok, suggestions=[suggestion("pref", [{"value": "response2"}, {"value": "response1"}])]),
    case("ranking suggested with ranks", ok, suggestions=[suggestion("pref", ranks(2, 1, 2))]),
    case("score of a list", ok, suggestions=[suggestion("tags", ["a", "b"], score=[0.5, 1])]),
    case("one score of a list", ok, suggestions=[suggestion("tags", ["a", "b"], score=0.5)]),
    case("a score too few", ok, suggestions=[suggestion("tags", ["a", "b"], score=[0.5])]),
    case("score beyond 1", ok, suggestions=[suggestion("lab", "a", score=2)]),
    case("an agent", ok, suggestions=[suggestion("lab", "a", score=0.5, agent="org/model:7b v1.2_x")]),
    case("an agent in brackets", ok, suggestions=[suggestion("lab", "a", agent="gpt (x)")]),
    case("spans suggested", ok, suggestions=[suggestion("span", [{"label": "a", "start": 0, "end": 2}], score=[0.5])]),
    case("put once", answer(req="x", rate=1), suggestions=[suggestion("lab", "a")], metadata={"a": 1}, id_="put"),
    case(
        "put again by another",
        answer("draft", user=1, rate=2),
        fields={"prompt": "other"},
        suggestions=[suggestion("rate", 1)],
        metadata={"b": 1},
        id_="put",
    ),
    case("put again by the first", answer("discarded"), id_="put"),
]


def short(value):
    """What is long and only one thing again and again is written as that, and how often."""
    if isinstance(value, dict):
        return {name: short(held) for name, held in value.items()}
    if isinstance(value, (str, list)) and len(value) > 200 and all(one == value[0] for one in value):
        return {"$repeat": [short(value[0]), len(value)]}
    return [short(one) for one in value] if isinstance(value, list) else value


def post(path, body):
    done = api.post(f"/api/v1/{path}", json=body)
    if done.status_code != 201:
        sys.exit(done.text)
    return done.json()


def main():
    workspace = api.get("/api/v1/me/workspaces").json()["items"][0]["id"]
    users = [
        post("users", {"username": uuid.uuid4().hex, "first_name": "x", "role": "annotator", "password": "x" * 20})["id"]
        for _ in range(2)
    ]
    body = {"name": uuid.uuid4().hex, "workspace_id": workspace, "allow_extra_metadata": True}
    dataset = post("datasets", body)["id"]
    at = f"datasets/{dataset}"
    for field in layout["fields"]:
        post(f"{at}/fields", field)
    ids = {question["name"]: post(f"{at}/questions", question)["id"] for question in layout["questions"]}
    for property_ in layout["metadata"]:
        post(f"{at}/metadata-properties", property_)
    api.put(f"/api/v1/{at}/publish").raise_for_status()
    names = {id_: name for name, id_ in ids.items()}
    for one in cases:
        item = one["item"]
        sent = {
            **item,
            "responses": [
                {"user_id": users[r["user"]] if r["user"] < 2 else str(uuid.uuid4()), "status": r["status"], "values": r["values"]}
                for r in item["responses"]
            ],
            "suggestions": [
                {**{k: v for k, v in s.items() if k != "question"}, "question_id": ids[s["question"]]}
                for s in item["suggestions"]
            ],
        }
        done = api.put(f"/api/v1/{at}/records/bulk", json={"items": [sent]})
        one["status"] = done.status_code
        if done.status_code != 200:
            detail = done.json()["detail"]
            one["detail"] = detail if isinstance(detail, str) else detail["params"]["errors"][0]["msg"]
            one["detail"] = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "USER", one["detail"].split("\n")[0])[:200]
            continue
        page = {"include": ["responses", "suggestions"], "limit": 1000}
        items = api.get(f"/api/v1/{at}/records", params=page).json()["items"]
        found = next(record for record in items if record["external_id"] == item["external_id"])
        one["stored"] = {
            "fields": {name: held for name, held in found["fields"].items() if held is not None},
            "metadata": found["metadata"],
            "responses": sorted(
                (
                    {"user": users.index(r["user_id"]), "status": r["status"], "values": r["values"]}
                    for r in found["responses"]
                ),
                key=lambda r: r["user"],
            ),
            "suggestions": sorted(
                (
                    {"question": names[s["question_id"]], "value": s["value"], "score": s["score"], "agent": s["agent"]}
                    for s in found["suggestions"]
                ),
                key=lambda s: s["question"],
            ),
        }
    print(json.dumps(short({"server": api.get("/api/v1/version").json()["version"], "layout": layout, "cases": cases}), ensure_ascii=False))


main()
