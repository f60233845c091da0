-- SPDX-License-Identifier: MIT
-- What a certificate takes from its product before it is kept, unless the issue says otherwise: names as printed, territory.

create or replace function complete_certificate() returns trigger language plpgsql as $$
declare
  place record;
begin
  select p.name as product_name, p.province_code, p.codes_on, e.name as establishment_name into place
    from product p, establishment e where p.id = new.product_id and e.id = new.establishment_id;
  new.product_name := coalesce(new.product_name, place.product_name);
  new.establishment_name := coalesce(new.establishment_name, place.establishment_name);
  if new.province_code is null then
    new.province_code := place.province_code;
    new.codes_on := place.codes_on;
  end if;
  return new;
end
$$;

create or replace function is_certificate_office() returns boolean language sql stable as $$
  select coalesce(not string_to_array(claim('app.roles'), ',') <@ '{council_member,jury_member,advisory_member,establishment_user}', true)
$$;
comment on function is_certificate_office is 'Does the caller come for an office? Who only sits in councils, or fills in forms for an establishment, does not. A client that names no person is an office.';

-- The only way into the log: runs as the owner, since the service's role may not write it. One at a time, to the end of the
-- transaction: a tree has one order, and a leaf that is rolled back leaves no gap.
create or replace function log_certificate() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  what constant text := public.certificate_event(to_jsonb(old), to_jsonb(new));
  leaf_text text;
begin
  if what is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('certificate_log', 0));
  leaf_text := jsonb_build_object('event', what, 'rid', new.public_no, 'version', new.version, 'scheme', new.scheme, 'status', new.status,
    'no', new.certificate_no, 'issuer', new.issuer_name, 'stars', new.stars, 'issued_on', new.issued_on, 'valid_to', new.valid_to,
    'recorded_at', public.instant(public.current_instant()))::text;
  perform public.merkle_append(new.id, leaf_text);
  return null;
end
$$;

-- Plans of row types are not known yet when triggers are made, so the rows come as JSON.
create or replace function certificate_event(before jsonb, after jsonb) returns text language sql immutable parallel safe as $$
  select case
    when before is null or before = 'null' then 'issued'
    when before -> 'deleted_at' <> after -> 'deleted_at' then case after -> 'deleted_at' when 'null' then 'restored' else 'removed' end
    when before -> 'status' <> after -> 'status' then case when after ->> 'status' = 'valid' then 'reinstated' else after ->> 'status' end
    when before -> 'valid_to' <> after -> 'valid_to' then 'extended'
  end
$$;
comment on function certificate_event is 'What a change made of a certificate; null: nothing that the log is about.';
