-- Balances of the ledger: the entries of listLedgerEntries, summed (db/functions/reports_money.sql).

-- name: getLedgerBalancesReport :one slow
select report_ledger_balances(report_question(jsonb_build_object('from', :from::date, 'to', :to::date, 'year', :year::integer,
         'source', :source::text[], 'project_id', :project_id::uuid), :provinces::text[], :organisation_id::uuid),
         :group_by, :province_code::text[], :tier = 'central') as body;
