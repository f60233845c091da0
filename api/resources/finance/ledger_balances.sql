-- Balances of the ledger: the entries of listLedgerEntries, summed (db/functions/reports_money.sql).

-- name: getLedgerBalancesReport :one slow
select report_ledger_balances(report_question(jsonb_build_object('from', :from::date, 'to', :to::date, 'geo_basis', :geo_basis::text, 'year', :year::integer,
         'source', :source::text[], 'project_id', :project_id::uuid, 'province_code', :province_code::text[], 'group_by', :group_by::text,
         'tier', :tier::text), :provinces::text[], :organisation_id::uuid)) as body;
