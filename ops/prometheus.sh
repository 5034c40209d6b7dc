#!/bin/sh
# Starts Prometheus in its container: with a target for each of GATEWAY_WORKERS workers of a gateway, which a file of
# settings cannot count. Arguments are Prometheus's.
set -eu
here=$(dirname "$0")
made=${TMPDIR:-/tmp}
awk -v workers="${GATEWAY_WORKERS:-1}" '
  /port: 4300,/ {
    for (worker = 0; worker < workers; worker++) {
      line = $0
      sub(/4300/, 4300 + worker, line)
      print line
    }
    next
  }
  { print }
' "$here/prometheus.yml" > "$made/prometheus.yml"
cp "$here/alerts.yml" "$made/alerts.yml"
exec prometheus --config.file="$made/prometheus.yml" "$@"
