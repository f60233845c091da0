-- SPDX-License-Identifier: MIT
-- generate.sql went past the triggers; here the rules look at what it made. Everything is rolled back. Stops with an error.
\set ON_ERROR_STOP on
begin;
set local statement_timeout = 0;

do $$
declare
  wrong bigint;
begin
  -- Children are their parent's; references lead somewhere.
  select count(*) into wrong
    from (select project_id, organisation_id, province_code from project_line
          union all select project_id, organisation_id, province_code from project_funding) c
    left join project p on p.id = c.project_id
   where (p.organisation_id, p.province_code) is distinct from (c.organisation_id, c.province_code);
  if wrong > 0 then raise exception '% lines and funding rows differ from their project', wrong; end if;
  select count(*) into wrong
    from project p
   where not exists (select from programme g where g.id = p.programme_id and g.province_code = p.province_code)
      or (select count(*) from organisation o
           where o.id in (p.organisation_id, p.implementer_id) and o.province_code = p.province_code)
         <> case when p.organisation_id = p.implementer_id then 1 else 2 end;
  if wrong > 0 then raise exception '% projects refer to nothing, or to another province', wrong; end if;
  select count(*) into wrong
    from project_line l left join establishment e on e.id = l.establishment_id where e.province_code is distinct from l.province_code;
  if wrong > 0 then raise exception '% lines refer to no establishment of their province', wrong; end if;
  if (select count(distinct province_code) from project) <> 34 then raise exception 'not all provinces have projects'; end if;
end
$$;

-- What the service's own functions and triggers would make of a sample: nothing else than what is there.
create temp table sample as
select n from generate_series(0, 299) k, lateral (select k * (select count(*) from project) / 300 as n) spread;
create temp table projects as select p.* from project p join sample s on p.id = bench.id_of('8000', s.n);
create temp table establishments as
select e.* from establishment e join (select distinct n % (select count(*) from establishment) as n from sample) s on e.id = bench.id_of('a000', s.n);

update establishment e set place = e.place || '{"address_line": "?"}' from establishments s where s.id = e.id;
update establishment e set place = s.place, version = s.version from establishments s where s.id = e.id;
update project_line l set activity_code = null from projects s where l.project_id = s.id;
update project_line l set activity_code = 'KC3' from projects s where l.project_id = s.id;

do $$
declare
  volatile_members constant text[] := array['version', 'updated_at', 'updated_by'];
  wrong bigint;
begin
  select count(*) into wrong
    from projects s join project p on p.id = s.id
   cross join checked_project(p, null, array[p.province_code], p.organisation_id, p.province_code) c
   where to_jsonb(c) is distinct from to_jsonb(p);
  if wrong > 0 then raise exception '% projects are not what checked_project() makes of them', wrong; end if;
  select count(*) into wrong
    from projects s join project p on p.id = s.id
   where to_jsonb(p) - volatile_members is distinct from to_jsonb(s) - volatile_members;
  if wrong > 0 then raise exception '% projects are changed by the triggers', wrong; end if;
  select count(*) into wrong
    from establishments s join establishment e on e.id = s.id
   where to_jsonb(e) - volatile_members is distinct from to_jsonb(s) - volatile_members;
  if wrong > 0 then raise exception '% establishments are changed by the triggers', wrong; end if;
  if (select count(*) from projects) < 300 or (select count(*) from establishments) = 0 then raise exception 'the sample is empty'; end if;
end
$$;

rollback;
