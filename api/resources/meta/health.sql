-- name: findMigration :call
select coalesce(max(number), 0)::text as number from migration;
