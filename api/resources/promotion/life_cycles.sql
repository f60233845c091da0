-- Life cycles as data: rules and parameters; what waits for the caller; what approvals froze.

-- name: listParameters :page
-- sort: code = p.code asc, p.id asc
-- sort: -code = p.code desc, p.id desc
select parameter_json(p) as body
  from parameter p
 where (:code::text[] is null or p.code = any (:code::text[]))
   and (:level::text is null or p.level is null or p.level = :level)
   and (:valid_on::date is null or in_days(:valid_on::date, p.valid_from, p.valid_to));

-- name: getParameter :one
select p.version, parameter_json(p) as body
  from parameter p
 where p.id = :parameter_id::uuid;

-- name: createParameter :write getParameter
select r.id, r.version
  from create_rule('parameter', :new_id::uuid, :body::jsonb, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: updateParameter :write getParameter
select r.id, r.version
  from revise_rule('parameter', :parameter_id::uuid, :body::jsonb, :if_version::bigint, :organisation_id::uuid) r
 where :tier::text = 'central';

-- name: listTransitionRules :page
-- sort: record_type = r.record_type asc, r.id asc
-- sort: -record_type = r.record_type desc, r.id desc
select transition_rule_json(r) as body
  from transition_rule r
 where (:record_type::text[] is null or r.record_type = any (:record_type::text[]))
   and (:from_status::text[] is null or r.from_status = any (:from_status::text[]))
   and (:action::text[] is null or r.action = any (:action::text[]))
   and (:valid_on::date is null or in_days(:valid_on::date, r.valid_from, r.valid_to));

-- name: listWorkItems :page
-- sort: due_on = coalesce(w.due_on, 'infinity'::date) asc, w.record_id asc
-- sort: waiting_since = w.waiting_since asc, w.record_id asc
-- sort: -waiting_since = w.waiting_since desc, w.record_id desc
select work_item_json(w) as body
  from work_items_of(:tier, :roles::text[], :scopes, :provinces::text[], :organisation_id::uuid, :record_type::text[]) w
 where (:due_by::date is null or w.due_on <= :due_by::date);

-- name: getSnapshot :one
select s.record_version as version, snapshot_json(s) as body
  from snapshot s
 where s.id = :snapshot_id::uuid and is_read_by(s.record_type, :scopes) and record_seen(s.record_type, s.record_id);
