-- Frozen reports. Whoever froze one reads it, and whom it was sent to; only the first sends it.

-- name: listReportSnapshots :page
-- sort: -updated_at = s.updated_at desc, s.id desc
-- sort: updated_at = s.updated_at asc, s.id asc
select report_snapshot_json(s) as body
  from report_snapshot s
 where (s.organisation_id = :organisation_id::uuid or s.sent_to_id = :organisation_id::uuid)
   and s.deleted_at is null
   and (:report::text is null or s.report = :report)
   and (:status::text is null or s.status = :status);

-- name: getReportSnapshot :one
select s.version, s.deleted_at is not null as gone, report_snapshot_json(s) as body
  from report_snapshot s
 where s.id = :report_snapshot_id::uuid
   and (s.organisation_id = :organisation_id::uuid or s.sent_to_id = :organisation_id::uuid);

-- name: createReportSnapshot :write getReportSnapshot
insert into report_snapshot (id, organisation_id, province_code, report, "from", "to", geo_basis, filters, as_of, sha256, body, note)
select :new_id::uuid, :organisation_id::uuid, :province_code::text, n.report, n."from", n."to", n.geo_basis, n.filters, n.as_of, n.sha256, n.body, n.note
  from new_report_snapshot(:body::jsonb || jsonb_build_object('tier', :tier::text), :provinces::text[], :organisation_id::uuid) n
returning id, version;

-- name: updateReportSnapshot :write getReportSnapshot
update report_snapshot s
   set sent_to_id = reference('#/sent_to_id', b.sent_to_id, (select o.id from organisation o where o.id = b.sent_to_id and o.deleted_at is null)),
       note = b.note, version = next_version(s.version, :if_version::bigint)
  from report_snapshot stored
 cross join jsonb_populate_record(stored, :body::jsonb) b
 where stored.id = :report_snapshot_id::uuid and s.id = stored.id and s.deleted_at is null
   and stored.organisation_id = :organisation_id::uuid
returning s.id, s.version;

-- name: deleteReportSnapshot :remove getReportSnapshot
update report_snapshot s
   set deleted_at = current_instant(), version = next_version(s.version, :if_version::bigint)
 where s.id = :report_snapshot_id::uuid and s.deleted_at is null and s.organisation_id = :organisation_id::uuid
returning s.id, s.version;

-- name: getReportSnapshotContent :one
select s.sha256 as version, s.deleted_at is not null as gone, s.body
  from report_snapshot s
 where s.id = :report_snapshot_id::uuid
   and (s.organisation_id = :organisation_id::uuid or s.sent_to_id = :organisation_id::uuid);
