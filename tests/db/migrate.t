#!/bin/sh
# SPDX-License-Identifier: MIT
# db/migrate: once each, never two ways, never half. Run by tests/db/run, whose cluster it uses.
set -u
cd "$(dirname "$0")/../.." || exit
unset PGOPTIONS
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R db "$work/db"
number=0

check() { # name, command…
    name=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/out" 2>&1; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        sed 's/^/# /' "$work/out"
    fi
}

refused_with() { # text, command…
    text=$1
    shift
    if "$@" >"$work/refusal" 2>&1; then
        echo "was not refused"
        return 1
    fi
    grep -q "$text" "$work/refusal" || { cat "$work/refusal"; return 1; }
}

migrate() {
    "$work/db/migrate" "dbname=$1"
}

is() { # database, query, wanted
    got=$(psql -qAtX -d "$1" -c "$2")
    [ "$got" = "$3" ] || { echo "$2: $got, not $3"; return 1; }
}

both_at_once() {
    migrate kc_migrate &
    migrate kc_migrate && wait $!
}

fresh() {
    psql -qX -d postgres -c 'set client_min_messages = warning' -c "drop database if exists $1" -c "create database $1 $2"
}

applied=$(find "$work/db/migrations" -name '[0-9]*.sql' | wc -l)
echo 1..22

fresh kc_migrate ''
check 'two at once wait for each other' both_at_once
check 'and apply each file once' is kc_migrate 'select count(*) from migration' "$applied"
check 'all belongs to kc_owner' is kc_migrate "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relowner <> 'kc_owner'::regrole
  and oid not in (select objid from pg_depend where deptype = 'e')" 0
check 'nobody else may create in public' is kc_migrate "select has_schema_privilege('public', 'public', 'create')" f
check 'the service runs in UTC with time-outs' is kc_migrate "select string_agg(split_part(s, '=', 1), ',' order by s collate \"C\") from pg_db_role_setting, unnest(setconfig) s
  where setrole = 'kc_api'::regrole and setdatabase = 0" TimeZone,idle_in_transaction_session_timeout,jit,lock_timeout,log_error_verbosity,search_path,statement_timeout

loaded="select loaded_at from reference_load"
before=$(psql -qAtX -d kc_migrate -c "$loaded")
check 'a further run' migrate kc_migrate
check 'loads reference data only when they changed' is kc_migrate "$loaded" "$before"
psql -qX -d kc_migrate -c "update organisation set name = 'Của chúng tôi', version = 2 where code = 'BCT'" -c "delete from region_member where province_code = '38'"
echo '-- changed' >>"$work/db/reference/registry.sql"
check 'changed reference data are loaded' migrate kc_migrate
check 'what was lost comes back' is kc_migrate "select count(*) from region_member where province_code = '38'" 2
check 'what people keep stays as they left it' is kc_migrate "select name from organisation where code = 'BCT'" 'Của chúng tôi'

printf '%s\n' '-- no transaction' 'create index concurrently extra on region (name);' >"$work/db/migrations/9001_index.sql"
check 'a file may run outside a transaction' migrate kc_migrate
printf '%s\n' 'create table half (id integer);' 'select 1 / 0;' >"$work/db/migrations/9002_half.sql"
check 'a file that fails says where' refused_with 'migrations/9002_half.sql:2: ERROR:  22012' migrate kc_migrate
check 'and leaves nothing behind' is kc_migrate "select to_regclass('half') is null and not exists (select from migration where number = 9002)" t
rm "$work/db/migrations/9002_half.sql"

# Somebody reads for four seconds; the file gives up after three and is tried again.
printf '%s\n' 'alter table region add column extra text;' >"$work/db/migrations/9003_lock.sql"
psql -qX -d kc_migrate -c 'begin; select count(*) from region; select pg_sleep(4); commit' >/dev/null &
sleep 0.5
check 'a lock that is held is waited for in turns' migrate kc_migrate
wait

echo '-- changed' >>"$work/db/migrations/0001_base.sql"
check 'an applied file does not change' refused_with 'is not the file that was applied' migrate kc_migrate
cp db/migrations/0001_base.sql "$work/db/migrations/"

check 'the password comes from a file' sh -c "echo geheim >$work/password && KC_API_PASSWORD_FILE=$work/password $work/db/migrate dbname=kc_migrate"
check 'and is kept as a SCRAM verifier' is kc_migrate "select rolpassword like 'SCRAM-SHA-256%' from pg_authid where rolname = 'kc_api'" t

restored() {
    fresh kc_restored ''
    pg_dump -d kc_migrate | psql -qX -v ON_ERROR_STOP=1 -d kc_restored >/dev/null
}
psql -qX -d kc_migrate -c "insert into establishment (name, tax_code, place) values ('x', '0100109106001', '{\"province_code\": \"38\"}')"
check 'a dump can be restored' restored
check 'with its rows' is kc_restored 'select tax_code, folded like like_pattern(name) from establishment' '0100109106-001|t'

# A managed server: no superuser, but the roles are there and the operator is a member of kc_owner.
psql -qX -d postgres -c 'create role kc_operator login in role kc_owner'
fresh kc_managed 'owner kc_operator'
rm "$work"/db/migrations/9*
check 'a member of kc_owner is enough' env PGUSER=kc_operator "$work/db/migrate" dbname=kc_managed
psql -qX -d postgres -c 'alter role kc_owner nobypassrls'
fresh kc_managed 'owner kc_operator'
check 'also where row level security binds kc_owner' env PGUSER=kc_operator "$work/db/migrate" dbname=kc_managed
check 'which a policy lets through' is kc_managed "set role kc_owner; select count(*) > 0 from organisation" t
psql -qX -d postgres -c 'alter role kc_owner bypassrls'
