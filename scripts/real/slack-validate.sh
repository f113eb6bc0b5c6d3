#!/usr/bin/env bash
# Sends every recorded block, message and view to Slack's own judge, blocks.validate (no token, no scope).
# For a person with internet access; never run by .ci/run, and so far tried against nothing but its reference.
#
#     scripts/real/slack-validate.sh LOG...    # logs as SANDBOX_WIRE_LOG and TEST_WIRE_LOG have them written
set -eu
cd "$(dirname "$0")/../.."
exec node_modules/.bin/node scripts/real/slack-validate.ts "$@"
