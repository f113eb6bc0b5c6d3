#!/usr/bin/env bash
# DATABASE_URL goes through pgbouncer in transaction mode: everything works, or doctor says that a pooler
# stands between and names the remedy; with and without ignore_startup_parameters.
. "$(dirname "$0")/../lib.sh"
command -v pgbouncer >/dev/null || missing pgbouncer
[ -n "${DATABASE_URL:-}" ] || missing 'the shared Postgres (use run.sh)'
port=$((20000 + RANDOM % 20000))
mkdir -m 777 "$WORK/pooler"
as_nobody() { if [ "$(id -u)" = 0 ]; then su -s /bin/bash nobody -c "$1"; else bash -c "$1"; fi; }
stop_pooler() { [ -f "$WORK/pooler/pid" ] && kill "$(cat "$WORK/pooler/pid")" 2>/dev/null; sleep 1; }
trap 'stop_pooler; rm -rf "$WORK"' EXIT
rest=${DATABASE_URL#*://}
user=${rest%%:*} rest=${rest#*:}
password=${rest%%@*} rest=${rest#*@}
server=${rest%%:*} rest=${rest#*:}
server_port=${rest%%/*} database=${rest#*/}
for ignored in '' options; do
  stop_pooler
  cat >"$WORK/pooler/ini" <<INI
[databases]
$database = host=$server port=$server_port user=$user password=$password
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
auth_type = any
pool_mode = transaction
default_pool_size = 5
unix_socket_dir =
ignore_startup_parameters = $ignored
logfile = $WORK/pooler/log
pidfile = $WORK/pooler/pid
INI
  as_nobody "pgbouncer -d $WORK/pooler/ini" || fail 'pgbouncer does not start'
  sleep 1
  DATABASE_URL=postgres://parley@127.0.0.1:$port/$database parley doctor >"$WORK/said" 2>&1
  cat "$WORK/said"
  grep -qiE 'pooler|pgbouncer|transaction mode' "$WORK/said" ||
    fail "doctor does not tell of the pooler (ignore_startup_parameters = '$ignored')"
done
