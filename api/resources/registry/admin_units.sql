-- Administrative units over time. Codes were given out anew: only code and day together name a unit.

-- name: listAdminUnits :page
-- sort: code = u.code asc, u.id asc
-- sort: -code = u.code desc, u.id desc
-- sort: name = u.name collate vietnamese asc, u.code asc
-- sort: -name = u.name collate vietnamese desc, u.code desc
select admin_unit_summary_json(u) as body
  from admin_unit u
 where u.valid_from <= coalesce(:valid_on::date, today())
   and (u.valid_to is null or u.valid_to >= coalesce(:valid_on::date, today()))
   and (:q::text is null or found(:q, :q_mode, u.folded, u.full_name))
   and (:tier::text[] is null or u.tier = any (:tier::text[]))
   and (:kind::text[] is null or u.kind = any (:kind::text[]))
   and (:parent_code::text is null or u.parent_code = :parent_code)
   and (:province_code::text is null or u.province_code = :province_code);

-- name: getAdminUnit :one
-- Without a day: the unit of today, else the last one that had the code.
select admin_unit_json(u) as body
  from admin_unit u
 where u.code = :code
   and u.valid_from <= coalesce(:valid_on::date, today())
   and (:valid_on::date is null or u.valid_to is null or u.valid_to >= :valid_on::date)
 order by u.valid_from desc
 limit 1;

-- name: listAdminUnitSuccessors :page
-- sort: effective_on = s.effective_on asc, s.id asc
select admin_unit_link_json(s) as body
  from admin_unit_succession s
 where (select known_admin_unit(:code))
   and s.old_code = :code
   and (:valid_on::date is null or exists (
         select from admin_unit u
          where u.code = s.old_code and u.valid_to = s.effective_on - 1 and :valid_on::date between u.valid_from and u.valid_to));

-- name: listAdminUnitPredecessors :page
-- sort: effective_on = s.effective_on asc, s.id asc
select admin_unit_link_json(s) as body
  from admin_unit_succession s
 where (select known_admin_unit(:code))
   and s.new_code = :code
   and (:valid_on::date is null or exists (
         select from admin_unit u
          where u.code = s.new_code and u.valid_from = s.effective_on
            and :valid_on::date >= u.valid_from and (u.valid_to is null or :valid_on::date <= u.valid_to)));
