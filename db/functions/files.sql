-- SPDX-License-Identifier: MIT
-- Files: who sees them, how their bytes come in, what cites them.

-- ---- Who sees them ----

create or replace function scope_to_read(of_type text) returns text language sql immutable parallel safe as $$
  select case
    when of_type in ('programme', 'target') or of_type like 'plan%' or of_type like 'annual_plan%' then 'programmes:read'
    when of_type in ('allocation', 'contract', 'ledger_entry', 'payment_request', 'settlement') then 'finance:read'
    when of_type like 'ocop%' or of_type = 'certificate' then 'ocop:read'
    when of_type in ('establishment', 'organisation', 'product') then 'registry:read'
    else 'projects:read'
  end
$$;
comment on function scope_to_read is 'The scope that lets a caller read records of this type.';

create or replace function file_writable(f file, provinces text[], own_organisation uuid) returns boolean language sql stable as $$
  select f.organisation_id = own_organisation or f.province_code = any (provinces)
$$;

-- With the owner's eyes: a record that the caller may not see cites all the same.
create or replace function file_is_cited(of_file uuid) returns boolean language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from public.file_citation c where c.file_id = of_file)
$$;

create or replace function file_readable(f file, provinces text[], own_organisation uuid, scopes text) returns boolean
language sql stable as $$
  select (f.organisation_id = own_organisation and not is_plain_member())
      or ((f.province_code = any (provinces) or f.organisation_id = own_organisation) and not file_is_cited(f.id))
      or exists (
           select from file_citation c
            where c.file_id = f.id and (scopes is null or scope_to_read(c.record_type) = any (string_to_array(scopes, ' ')))
              and (c.organisation_id = own_organisation or c.province_code = any (provinces)
                   or (c.record_type = 'programme' and c.province_code is null)
                   or exists (select from project p
                               where c.record_type = 'project' and p.id = c.record_id and p.implementer_id = own_organisation)))
$$;
comment on function file_readable is 'Files of the own organisation, unless the caller comes for a council alone; what nobody cites yet, in the own territory; else with the record that cites them, for whoever may read such records (scopes null: not asked).';

-- ---- What is taken ----

create or replace function extension_of(name text) returns text language sql immutable parallel safe as $$
  select lower(substring(name from '\.([^.]+)$'))
$$;

create or replace function declared_type(name text, declared text) returns text language sql stable as $$
  select case
    when coalesce(declared, 'application/octet-stream') = 'application/octet-stream'
      then (select t.media_type from file_type t where t.is_taken and extension_of(name) = any (t.extensions))
    else (select t.media_type from file_type t where t.is_taken and t.media_type = lower(declared))
  end
$$;
comment on function declared_type is 'The type that is taken; who declares none, or just bytes, is taken by the end of the file name. Null: none.';

create or replace function file_faults(name text, declared text, sniffed text, pointer text) returns jsonb language sql stable as $$
  select fault_if(not is_file_name(name), pointer || 'file_name', 'file_file_name_form')
      || fault_if(t.media_type is null, pointer || 'media_type', 'file_media_type_fkey')
      || fault_if(t.media_type is not null and coalesce(extension_of(name) <> all (t.extensions), true),
                  pointer || 'file_name', 'file_name_extension',
                  jsonb_build_object('expected', array_to_string(t.extensions, ', '), 'media_type', t.media_type))
      || fault_if(sniffed <> all (t.seen_as), pointer || 'media_type', 'file_type_differs',
                  jsonb_build_object('declared', t.media_type, 'seen', sniffed))
    from (select declared_type(name, declared)) d (media_type)
    left join file_type t on t.media_type = d.media_type
$$;
comment on function file_faults is 'What is wrong with a name, a declared type and, when it is known, what the first bytes look like.';

-- ---- Uploads that nobody goes on with ----

-- There is no clockwork in the service: whoever sends the next file tidies up a few. Nobody's client is named for it.
create or replace function close_abandoned_files(at_most integer default 20) returns integer language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  caller constant text := coalesce(current_setting('app.client_id', true), '');
  hours constant numeric := public.parameter_value('file_upload_hours', public.today());
  left_behind uuid[];
begin
  select array_agg(f.id) into left_behind
    from (select o.id from public.file o
           where o.status = 'open' and o.deleted_at is null and o.updated_at < public.current_instant() - make_interval(secs => hours * 3600)
           order by o.updated_at limit at_most for update skip locked) f;
  if left_behind is null then
    return 0;
  end if;
  perform set_config('app.client_id', '', true);
  update public.file f set deleted_at = public.current_instant(), version = f.version + 1 where f.id = any (left_behind);
  perform set_config('app.client_id', caller, true);
  delete from public.file_chunk k where k.content_id = any (left_behind);
  update public.file_content c set received_bytes = 0, sniffed_type = null where c.id = any (left_behind);
  return array_length(left_behind, 1);
end
$$;
comment on function close_abandoned_files is 'Open files of anybody that got no part for the hours of the parameter file_upload_hours: they are deleted, and what had come of them is given up. Restored, they wait for all their parts again.';

-- ---- Bytes ----

create or replace function begin_content(new_id uuid, part jsonb, own_organisation uuid, own_province text) returns uuid
language plpgsql as $$
begin
  perform refuse_faults(file_faults(part ->> 'file_name', part ->> 'media_type', part ->> 'sniffed_type', '#/file/'));
  delete from file_content c
   where c.id in (select old.id from file_content old where is_abandoned(old.is_whole, old.began_at)
                    and not exists (select from file f where f.id = old.id) limit 20);
  insert into file_content (id, sniffed_type, organisation_id, province_code)
  values (new_id, part ->> 'sniffed_type', own_organisation, own_province);
  return new_id;
end
$$;
comment on function begin_content is 'The first bytes of an upload have come. Uploads that were cut a day ago go at the same time.';

create or replace function refuse_part(fault text, params jsonb default null) returns void language plpgsql as $$
begin
  raise exception using errcode = 'PT422', message = 'invalid', detail = jsonb_build_array(
    jsonb_strip_nulls(jsonb_build_object('parameter', 'offset', 'code', fault, 'params', params)));
end
$$;

create or replace function add_part(of_content uuid, at bigint, part bytea) returns bigint language plpgsql as $$
declare
  received bigint := (select c.received_bytes from file_content c where c.id = of_content for update);
  stored bytea := (select k.bytes from file_chunk k where k.content_id = of_content and k.first_byte = at);
begin
  if stored = part then
    return received; -- sent again because the answer was lost
  elsif at < received then
    perform refuse_part('file_part_differs', jsonb_build_object('expected', received));
  elsif at > received then
    perform refuse_part('file_gap', jsonb_build_object('expected', received));
  end if;
  insert into file_chunk (content_id, first_byte, bytes) values (of_content, at, part);
  update file_content set received_bytes = at + octet_length(part) where id = of_content;
  return at + octet_length(part);
end
$$;
comment on function add_part is 'Appends bytes; the same bytes at the same place once more change nothing. Gives the number of bytes that are there.';

create or replace function create_file(new_id uuid, body jsonb, own_organisation uuid, own_province text, bytes_limit bigint)
returns table (id uuid, version integer) language plpgsql as $$
#variable_conflict use_column
declare
  content jsonb := body -> 'content';
  b file := jsonb_populate_record(null::file, coalesce(content, '{}') || body);
begin
  perform close_abandoned_files();
  if b.size_bytes > bytes_limit then
    raise exception using errcode = 'PT413', message = 'too-large', detail = jsonb_build_object('limit', bytes_limit);
  end if;
  perform refuse_faults(
    file_faults(b.file_name, b.media_type, content ->> 'sniffed_type', '#/')
    || fault_if(content ->> 'sha256' <> b.sha256, '#/sha256', 'file_digest'));
  if content is null then
    insert into file_content (id, organisation_id, province_code) values (new_id, own_organisation, own_province);
  else
    update file_content c set is_whole = true where c.id = new_id and c.received_bytes = b.size_bytes;
    if not found then
      return;
    end if;
  end if;
  return query
  insert into file (id, status, file_name, media_type, size_bytes, sha256, taken_at, latitude, longitude, retention_until,
    organisation_id, province_code, note)
  values (new_id, case when content is null then 'open' else 'complete' end, b.file_name, declared_type(b.file_name, b.media_type),
    b.size_bytes, b.sha256, b.taken_at, b.latitude, b.longitude, b.retention_until, own_organisation, own_province, b.note)
  returning id, version;
end
$$;
comment on function create_file is 'The record of bytes that have come (body.content says what they are), or of an open file that waits for its parts.';

create or replace function put_part(f file, at bigint, part bytea, sniffed text, wanted_version bigint)
returns table (id uuid, version integer, whole_bytes bigint) language plpgsql as $$
#variable_conflict use_column
declare
  stored file := (select s from file s where s.id = f.id for update);
  before bigint := (select c.received_bytes from file_content c where c.id = f.id);
  received bigint;
begin
  if part is null or at + octet_length(part) > stored.size_bytes then
    perform refuse_part('file_part_length', jsonb_build_object('size_bytes', stored.size_bytes));
  elsif at = 0 and octet_length(part) < least(stored.size_bytes, 4096) then
    perform refuse_part('file_first_part_length', jsonb_build_object('least', least(stored.size_bytes, 4096)));
  end if;
  if at = 0 then
    perform refuse_faults(file_faults(stored.file_name, stored.media_type, sniffed, '#/'));
    update file_content c set sniffed_type = sniffed where c.id = f.id and c.sniffed_type is null;
  end if;
  perform next_version(stored.version, wanted_version);
  received := add_part(f.id, at, part);
  if received > before then
    update file s set version = s.version + 1 where s.id = f.id returning s.version into stored.version;
  end if;
  return query select f.id, stored.version, case when stored.status = 'open' and received = stored.size_bytes then received end;
end
$$;
comment on function put_part is 'A part of an open file. whole_bytes: all of them are there, and their digest is to be looked at.';

create or replace function seal_file(of_file uuid, digest text) returns table (id uuid, version integer) language plpgsql as $$
#variable_conflict use_column
begin
  if (select f.sha256 from file f where f.id = of_file) <> digest then
    perform refuse('#/sha256', 'file_digest');
  end if;
  update file_content c set is_whole = true where c.id = of_file;
  return query
  update file f set status = 'complete', version = f.version + 1 where f.id = of_file and f.status = 'open'
  returning f.id, f.version;
end
$$;
comment on function seal_file is 'All bytes are there: with the declared digest the file is complete, else it stays open and says so.';

-- ---- Citations ----

create or replace function papers_of(documents jsonb, below text) returns table (n bigint, pointer text, document jsonb)
language sql immutable as $$
  select l.n, below || '/' || l.n - 1, l.document
    from jsonb_array_elements(case jsonb_typeof(documents) when 'array' then documents else '[]' end) with ordinality l (document, n)
   union all
  select 1, below, documents where jsonb_typeof(documents) = 'object'
$$;
comment on function papers_of is 'One paper, or a list of them, with the place of each.';

create or replace function cited_files(documents jsonb, below text) returns table (n bigint, pointer text, file_id uuid)
language sql immutable as $$
  select p.n, p.pointer || '/file_id', (p.document ->> 'file_id')::uuid
    from papers_of(documents, below) p
   where p.document ->> 'file_id' is not null
   union all
  select p.n, p.pointer || '/file_ids/' || f.n - 1, f.id::uuid
    from papers_of(documents, below) p
   cross join jsonb_array_elements_text(case jsonb_typeof(p.document -> 'file_ids') when 'array' then p.document -> 'file_ids' else '[]' end)
              with ordinality f (id, n)
$$;
comment on function cited_files is 'The files that papers name, one or several each, with the place of each.';

create or replace function cite_files(documents jsonb, below text, of_type text, of_id uuid, by_transition uuid, owner_id uuid,
  owner_province text) returns void language plpgsql as $$
declare
  faults jsonb;
begin
  if not exists (select from cited_files(documents, below)) then
    return;
  end if;
  faults := (
    select coalesce(jsonb_agg(jsonb_build_object('pointer', d.pointer, 'code',
             case when f.id is null then 'unknown_reference' else 'file_open' end) order by d.n, d.pointer), '[]')
      from cited_files(documents, below) d
      left join file f on f.id = d.file_id and f.deleted_at is null
       and file_readable(f, string_to_array(claim('app.provinces'), ','), claim('app.organisation_id')::uuid, null)
     where f.status is distinct from 'complete');
  perform refuse_faults(faults);
  insert into file_citation (file_id, record_type, record_id, transition_id, organisation_id, province_code)
  select distinct d.file_id, of_type, of_id, by_transition, owner_id, owner_province
    from cited_files(documents, below) d
  on conflict do nothing;
end
$$;
comment on function cite_files is 'Keeps that a record, or an act on it, cites the files of its papers; refuses those that the caller does not see.';

-- ---- JSON ----

create or replace function file_json(f file) returns json language sql stable as $$
  select json_build_object(
    'id', f.id,
    'version', f.version,
    'status', f.status,
    'file_name', f.file_name,
    'media_type', f.media_type,
    'size_bytes', f.size_bytes,
    'received_bytes', (select c.received_bytes from file_content c where c.id = f.id),
    'sha256', f.sha256,
    'scan_status', f.scan_status,
    'taken_at', instant(f.taken_at),
    'latitude', f.latitude,
    'longitude', f.longitude,
    'retention_until', f.retention_until,
    'is_cited', exists (select from file_citation c where c.file_id = f.id),
    'organisation_id', f.organisation_id,
    'province_code', f.province_code,
    'note', f.note,
    'created_at', instant(f.created_at),
    'created_by', f.created_by,
    'updated_at', instant(f.updated_at),
    'updated_by', f.updated_by)
$$;

create or replace function file_summary_json(f file) returns json language sql stable as $$
  select json_build_object(
    'id', f.id,
    'version', f.version,
    'status', f.status,
    'file_name', f.file_name,
    'media_type', f.media_type,
    'size_bytes', f.size_bytes,
    'sha256', f.sha256,
    'is_cited', exists (select from file_citation c where c.file_id = f.id),
    'organisation_id', f.organisation_id,
    'province_code', f.province_code,
    'updated_at', instant(f.updated_at))
$$;
