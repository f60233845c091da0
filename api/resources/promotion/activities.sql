-- Contents of industrial promotion over time.

-- name: listActivities :page
-- sort: code = a.code asc, a.id asc
select activity_json(a) as body
  from activity a
 where a.valid_from <= coalesce(:valid_on::date, today())
   and (a.valid_to is null or a.valid_to >= coalesce(:valid_on::date, today()));

-- name: getActivity :one
select activity_json(a) as body
  from activity a
 where a.code = :activity_code
   and a.valid_from <= coalesce(:valid_on::date, today())
   and (a.valid_to is null or a.valid_to >= coalesce(:valid_on::date, today()));
