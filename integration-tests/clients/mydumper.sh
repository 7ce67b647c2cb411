#!/bin/sh
# mydumper and myloader: an administrator's database comes back, a reader gets his table and no other.
set -eu
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
login="--host $GATE_HOST --port $GATE_PORT --user $GATE_USER --password $GATE_PASSWORD"
program=$(command -v mariadb || command -v mysql)
ask() {
  MYSQL_PWD=$GATE_PASSWORD "$program" --no-defaults --protocol=tcp -N -h "$GATE_HOST" -P "$GATE_PORT" -u "$GATE_USER" -e "$1"
}
if [ "$GATE_ROLE" = administrator ]; then
  # shellcheck disable=SC2086
  mydumper $login --database clients_it --outputdir "$out/d" --trx-consistency-only --routines --triggers --events >"$out/log" 2>&1 || true
  ask "CREATE DATABASE clients_copy"
  # shellcheck disable=SC2086
  myloader $login --directory "$out/d" --database clients_copy >>"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
  [ "$(ask 'SELECT s FROM clients_copy.shown')" = one ] || { cat "$out/log"; exit 1; }
  ask "DROP DATABASE clients_copy"
else
  # shellcheck disable=SC2086
  mydumper $login --database clients_it --outputdir "$out/d" --no-schemas --no-locks >"$out/log" 2>&1 || true
  grep -q "'one'\|\"one\"" "$out"/d/clients_it.shown*.sql || { cat "$out/log"; exit 1; }
  if ls "$out"/d/clients_it.hidden*.sql >/dev/null 2>&1; then
    echo "not refused"
    exit 1
  fi
fi
echo "$(mydumper --version | cut -d, -f1): ok"
