-- For everybody, without a token: products that were recognised, and of those only what stands in the decision or on the certificate.

-- name: listPublicOcopProducts :page
-- sort: name = p.name collate vietnamese asc, p.id asc
-- sort: -name = p.name collate vietnamese desc, p.id desc
-- sort: -decided_on = (latest.found).recognition ->> 'decided_on' desc, p.id desc
-- sort: decided_on = (latest.found).recognition ->> 'decided_on' asc, p.id asc
select public_ocop_product_summary_json(p, latest.found) as body
  from product p
 cross join lateral (
   select x as found
     from public_recognitions(p.id) x
    order by x.recognition ->> 'decided_on' desc, x.id desc
    limit 1) latest
 where p.deleted_at is null
   and (:q::text is null or found(:q, :q_mode, p.folded, p.code || ' ' || p.name || ' ' || coalesce(p.brand, '')))
   and (:gtin::text is null or p.gtin = :gtin)
   and (:stars::integer[] is null or ((latest.found).recognition ->> 'stars')::integer = any (:stars::integer[]))
   and (:product_code::text is null or (latest.found).product_code = :product_code)
   and (:set_code::text[] is null or exists (
         select from ocop_product_set s where s.id = (latest.found).product_set_id and s.set_code = any (:set_code::text[])))
   and (:valid_on::date is null
        or :valid_on::date between ((latest.found).recognition ->> 'decided_on')::date
                               and coalesce(((latest.found).recognition ->> 'valid_to')::date, 'infinity'))
   -- What was never recorded there need not be asked for its latest recognition.
   and (:province_code::text[] is null or p.id in (
         select r.product_id from ocop_registration r where r.province_code = any (provinces_reaching(:province_code::text[]))
         union all select c.product_id from certificate c where c.province_code = any (provinces_reaching(:province_code::text[]))))
   and (:province_code::text[] is null or exists (
         select from unnest(:province_code::text[]) wanted (code)
          cross join provinces_recorded_as(wanted.code, basis_date(:geo_basis)) m
          where m.code = (latest.found).province_code
            and (latest.found).codes_on between m.valid_from and m.valid_to));

-- name: getPublicOcopProduct :one
select public_ocop_product_json(p, latest.found) as body
  from product p
 cross join lateral (
   select x as found
     from public_recognitions(p.id) x
    order by x.recognition ->> 'decided_on' desc, x.id desc
    limit 1) latest
 where p.id = :product_id::uuid and p.deleted_at is null;
