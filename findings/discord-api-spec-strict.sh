#!/usr/bin/env bash
# discord-api-spec 10.0.266135 with zod 4.6.7: setStrictObject(true) makes nothing strict.
#
# The package exports it beside its schemas, to have unknown keys refused. But the schemas are built while
# the module is loaded, before anybody can call it; a key that Discord does not know ("contnet") passes and
# is silently left out of the result.
#
# Why a good guess misses it: the function is there, takes the flag and fails at nothing; every right
# payload passes before and after. Whom it costs: whoever checks a bot's payloads by Discord's specification
# and trusts that misspelt keys are found. Comparing what was given with what came back finds them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts discord-api-spec@10.0.266135 zod@4.6.7
cat > try.mjs <<'JS'
import { MessageCreateRequestSchema, setStrictObject } from 'discord-api-spec/zod'
setStrictObject(true)
const { success, data } = MessageCreateRequestSchema.safeParse({ content: 'x', contnet: 'y' })
console.log(success, JSON.stringify(data))
if (!success || JSON.stringify(data) !== '{"content":"x"}') throw new Error('unknown keys are refused now')
JS
node try.mjs
echo 'as described'
