#!/usr/bin/env bash
# An S3 server nobody here wrote (versitygw, which checks signatures and digests) takes what `export --to
# s3://` sends: a small file, one that goes up in parts, their manifests; and refuses a wrong key. Needs Go.
#
#     scripts/real/s3.sh [FOLDER]     # the server is built there, if it is not there yet
set -eu
version=v1.8.0
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=${1:-${TMPDIR:-/tmp}/parley-real-s3}
mkdir -p "$folder"
command -v go >/dev/null || { echo 's3: skipped, Go is not installed'; exit 0; }
[ -x "$folder/versitygw" ] ||
  GOBIN="$folder" go install "github.com/versity/versitygw/cmd/versitygw@$version"

work=$(mktemp -d)
chmod 755 "$work"
server=
stop() {
  [ -n "$server" ] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
  rm -rf "$work"
}
trap stop EXIT
fail() { echo "s3: $*"; exit 1; }

mkdir -p "$work/store/training" "$work/iam"
port=$((20000 + RANDOM % 10000))
export AWS_ACCESS_KEY_ID=only-for-this-test AWS_SECRET_ACCESS_KEY=only-for-this-test-only
ROOT_ACCESS_KEY=$AWS_ACCESS_KEY_ID ROOT_SECRET_KEY=$AWS_SECRET_ACCESS_KEY \
  "$folder/versitygw" --port "127.0.0.1:$port" --region eu-central-1 posix "$work/store" >"$work/log" 2>&1 &
server=$!
for _ in $(seq 100); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  kill -0 "$server" 2>/dev/null || fail "the server stopped: $(cat "$work/log")"
  sleep 0.1
done

export AWS_REGION=eu-central-1 AWS_ENDPOINT_URL="http://127.0.0.1:$port"
export PARLEY_DATA_DIR="$work/data" LOG_LEVEL=error
unset DATABASE_URL REDIS_URL
parley() { (cd "$root" && node_modules/.bin/node bin/parley.js "$@"); }

for size in small large; do
  count=$([ "$size" = small ] && echo 20 || echo 20000)
  node -e '
    for (let at = 0; at < Number(process.argv[1]); at++)
      console.log(JSON.stringify({ id: `r${at}`, prompt: `Question ${at} ${"x".repeat(900)}`,
        outputs: [`One ${at}`, `Two ${at}`] }))
  ' "$count" >"$work/$size.jsonl"
  parley new "$size" --from "$work/$size.jsonl" >"$work/$size.yaml" 2>/dev/null
  parley dataset create "$work/$size.yaml" >/dev/null
  parley import "$size" "$work/$size.jsonl" >/dev/null
  parley export "$size" --as records --to "$work/$size.out.jsonl" >/dev/null 2>&1
  parley export "$size" --as records --to "s3://training/$size/records.jsonl" >"$work/said" 2>&1 ||
    fail "$size: $(cat "$work/said")"
  stored=$(find "$work/store/training/$size" -type f -name '*.jsonl' ! -name '.*' | head -n 1)
  [ -n "$stored" ] || fail "$size: nothing arrived: $(cat "$work/said"; find "$work/store" | head -n 20)"
  cmp "$stored" "$work/$size.out.jsonl" || fail "$size: other bytes arrived"
  find "$work/store/training/$size" -name '*manifest.json' | grep -q . || fail "$size: no manifest"
  echo "ok    $size: $(wc -c <"$stored") bytes, equal, with a manifest"
done

AWS_SECRET_ACCESS_KEY=another parley export small --as records --to s3://training/no/records.jsonl \
  >"$work/said" 2>&1 && fail 'a wrong key was taken'
grep -q 'refused us' "$work/said" || fail "a wrong key: $(cat "$work/said")"
parley export small --as records --to s3://nowhere/x/records.jsonl >"$work/said" 2>&1 && fail 'no bucket'
grep -q 'no bucket' "$work/said" || fail "no bucket: $(cat "$work/said")"
echo 'ok    a wrong key and a missing bucket are named'

# Cut off in the middle of its parts: what arrived is forgotten by the next run.
parley export large --as records --to s3://training/cut/records.jsonl >/dev/null 2>&1 &
sender=$!
for _ in $(seq 600); do
  find "$work/store/training" -path '*multipart*' -type f 2>/dev/null | grep -q . && break
  kill -0 "$sender" 2>/dev/null || fail "no part was seen before the upload ended"
  sleep 0.02
done
kill -KILL "$sender" 2>/dev/null && pkill -KILL -P "$sender" 2>/dev/null || true
wait "$sender" 2>/dev/null || true
parley export large --as records --to s3://training/cut/records.jsonl >/dev/null 2>&1 || fail 'the next run'
left=$(find "$work/store/training" -path '*multipart*' -type f | wc -l)
[ "$left" -eq 0 ] || fail "$left parts were left behind"
cmp "$work/store/training/cut/records.jsonl" "$work/large.out.jsonl" || fail 'cut: other bytes'
echo 'ok    an upload that was cut off leaves no parts behind after the next run'
