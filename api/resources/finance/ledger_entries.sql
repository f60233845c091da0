-- The ledger. Whoever sees the project, or the allocation, sees its entries; nothing is ever changed.

-- name: listLedgerEntries :page
-- sort: -recorded_at = e.recorded_at desc, e.id desc
-- sort: recorded_at = e.recorded_at asc, e.id asc
-- sort: entry_on = e.entry_on asc, e.id asc
-- sort: -entry_on = e.entry_on desc, e.id desc
select ledger_entry_json(e) as body
  from ledger_entry e
  left join project p on p.id = e.project_id
 cross join (select basis_date(:geo_basis) as day, provinces_wanted(:province_code::text[]) as provinces offset 0) map -- offset: asked once
 where map.day is distinct from 'infinity' -- reads the day, so that one that is none is refused
   and case when e.project_id is null
       then e.province_code = any (:provinces::text[]) or e.organisation_id = :own_organisation_id::uuid or :tier = 'central'
            or e.from_holder_id = :own_organisation_id::uuid
       else p.province_code = any (:provinces::text[]) or p.organisation_id = :own_organisation_id::uuid
            or p.implementer_id = :own_organisation_id::uuid end
   and (:kind::text[] is null or e.kind = any (:kind::text[]))
   and (:source::text[] is null or e.source = any (:source::text[]))
   and (:year::integer is null or e.year = :year::integer or e.from_year = :year::integer)
   and (:project_id::uuid is null or e.project_id = :project_id::uuid)
   and (:line_id::uuid is null or e.line_id = :line_id::uuid)
   and (:contract_id::uuid is null or e.contract_id = :contract_id::uuid)
   and (:organisation_id::uuid is null or e.holder_id = :organisation_id::uuid or e.from_holder_id = :organisation_id::uuid)
   and (:province_code::text[] is null
        or e.province_code = any (provinces_reaching(:province_code::text[]))
           and project_in_provinces(e.province_code, coalesce(p.codes_on, province_code_day(e.province_code, e.entry_on)), coalesce(p.places, '[]'), map.day, map.provinces)
        or exists ( -- what was handed on left a place too
             select from organisation o
              where o.id = e.from_holder_id and o.province_code = any (provinces_reaching(:province_code::text[]))
                and project_in_provinces(o.province_code, province_code_day(o.province_code, e.entry_on), '[]', map.day, map.provinces)))
   and (:from::date is null or e.entry_on >= :from::date)
   and (:to::date is null or e.entry_on <= :to::date);

-- name: getLedgerEntry :one
select e.version, false as gone, ledger_entry_json(e) as body
  from ledger_entry e
  left join project p on p.id = e.project_id
 where e.id = :ledger_entry_id::uuid
   and case when e.project_id is null
       then e.province_code = any (:provinces::text[]) or e.organisation_id = :organisation_id::uuid or :tier = 'central'
            or e.from_holder_id = :organisation_id::uuid
       else p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
            or p.implementer_id = :organisation_id::uuid end;

-- name: createLedgerEntry :write getLedgerEntry
insert into ledger_entry (id, kind, source, year, project_id, line_id, contract_id, holder_id, reverses_id, amount_vnd, entry_on, document,
  note, organisation_id)
select :new_id::uuid, e.kind, e.source, e.year, e.project_id, e.line_id, e.contract_id, e.holder_id, e.reverses_id, e.amount_vnd,
       e.entry_on, e.document, e.note, :organisation_id::uuid
  from jsonb_populate_record(null::ledger_entry, :body::jsonb) b
 cross join entry_to_post(b, :provinces::text[], :organisation_id::uuid) e
  left join project p on p.id = e.project_id
 where case when e.project_id is null then e.province_code = any (:provinces::text[]) or :tier = 'central'
       else p.province_code = any (:provinces::text[]) or p.organisation_id = :organisation_id::uuid
            or p.implementer_id = :organisation_id::uuid end
returning id, version;
