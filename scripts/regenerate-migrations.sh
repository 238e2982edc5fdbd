#!/usr/bin/env bash
# Before the first release only: makes the one initial migration anew from the schema.
set -euo pipefail
cd "$(dirname "$0")/.."
exec 9>/tmp/tributary-regenerate.lock
flock 9
rm -rf db/migrations
npx drizzle-kit generate --name initial >/tmp/drizzle-generate.log 2>&1 || { cat /tmp/drizzle-generate.log; exit 1; }
tail -2 /tmp/drizzle-generate.log
