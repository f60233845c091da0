#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the cluster on first start, then becomes PostgreSQL. The password of the superuser is the content of a file.
set -eu
if [ ! -d "$PGDATA" ]; then
  # Made aside and moved in when whole: a first start that was cut short is begun anew.
  new=$(dirname "$PGDATA")/new
  rm -rf "$new"
  initdb -D "$new" -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" -A scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  echo 'create database khuyencong;' | postgres --single -D "$new" -j postgres >/dev/null
  mv "$new" "$PGDATA"
fi
exec postgres -D "$PGDATA" -c unix_socket_directories=/tmp "$@"
