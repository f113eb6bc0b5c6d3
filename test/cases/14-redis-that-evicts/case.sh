#!/usr/bin/env bash
# A Redis that evicts loses jobs: doctor says so. One that wants a password is not one to be started.
. "$(dirname "$0")/../lib.sh"
command -v redis-server >/dev/null || missing redis-server
port=$((20000 + RANDOM % 20000))
redis-server --port $port --bind 127.0.0.1 --dir "$WORK" --save '' --maxmemory 64mb \
  --maxmemory-policy allkeys-lru --daemonize yes --pidfile "$WORK/redis.pid" >/dev/null
trap 'kill "$(cat "$WORK/redis.pid")" 2>/dev/null; rm -rf "$WORK"' EXIT
until redis-cli -p $port ping >/dev/null 2>&1; do sleep 0.1; done
queue_of_doctor() { REDIS_URL=redis://127.0.0.1:$port parley doctor 2>/dev/null | tee "$WORK/said" | grep -A1 queue; }
queue_of_doctor | grep -i 'noeviction' || fail "doctor says nothing of eviction: $(cat "$WORK/said")"
redis-cli -p $port config set requirepass sesame >/dev/null
queue_of_doctor | grep -iE 'password|auth' || fail "doctor says nothing of a password: $(cat "$WORK/said")"
