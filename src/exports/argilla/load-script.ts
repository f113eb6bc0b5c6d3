/** `load.py`, written beside the files for Argilla, loads them into a server. */

/**
 * Argilla refuses answers from unknown users. So each labeler first becomes a user under their pseudonym,
 * with a random password that is not stored; then Argilla's own `from_disk` does the rest.
 */
export const loadScript = `"""Loads this folder into Argilla 2 (pip install argilla).

    ARGILLA_API_URL=https://... ARGILLA_API_KEY=... python load.py --workspace argilla

The key must be an owner's: everybody who answered becomes a user, under their pseudonym, since Argilla
keeps no answers of people it does not know. A second run makes nobody twice.
"""

import argparse
import json
import os
import pathlib
import secrets
import uuid

import argilla as rg

folder = pathlib.Path(__file__).resolve().parent


def make_users(client, workspace=None):
    """Makes the users of .argilla/users.json that are not there yet, and lets them into the workspace."""
    pseudonyms = json.loads((folder / ".argilla" / "users.json").read_text("utf-8"))
    dataset = json.loads((folder / ".argilla" / "dataset.json").read_text("utf-8"))["name"]
    place = client.workspaces(workspace) if isinstance(workspace, str) else workspace
    place = place or client.workspaces.default
    known = list(client.users)
    ids = {str(user.id) for user in known}
    names = {user.username for user in known}
    members = {str(user.id) for user in place.users}
    for id, pseudonym in pseudonyms.items():
        user = rg.User(
            # A name that somebody has already is not theirs.
            username=pseudonym if pseudonym not in names else f"{pseudonym} ({dataset}, {id[:8]})",
            first_name="Parley",
            last_name=pseudonym,
            role="annotator",
            password=secrets.token_urlsafe(32),
            id=uuid.UUID(id),
            client=client,
        )
        if id not in ids:
            user.create()
        if id not in members:
            user.add_to_workspace(place)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--api-url", default=os.environ.get("ARGILLA_API_URL"))
    options.add_argument("--api-key", default=os.environ.get("ARGILLA_API_KEY"))
    options.add_argument("--workspace", help="the first there is, if it is left out")
    options.add_argument("--name", help="another name for the dataset")
    given = options.parse_args()
    client = rg.Argilla(api_url=given.api_url, api_key=given.api_key)
    place = given.workspace or client.workspaces.default.name
    make_users(client, place)
    # The SDK refuses to be given no records: "[" and "]" are four bytes with their line ends.
    some = (folder / "records.json").stat().st_size > 4
    dataset = rg.Dataset.from_disk(
        str(folder), name=given.name, workspace=place, client=client, with_records=some
    )
    print(f"Loaded {dataset.name} into the workspace {place}.")


if __name__ == "__main__":
    main()
`
