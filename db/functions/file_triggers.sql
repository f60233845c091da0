-- SPDX-License-Identifier: MIT
-- What the tables of files themselves stand on.

-- Letters that a file name must not have: control characters, parts of a path, what turns the direction of writing round
-- (so that fdp.exe reads as exe.pdf), and what Windows refuses.
create or replace function is_file_name(name text) returns boolean language sql immutable parallel safe as $$
  select name is normalized and octet_length(name) between 1 and 255
     and name !~ '[\u0001-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]'
     and name !~ '^[. ]|[. ]$'
$$;
comment on function is_file_name is 'NFC, without control characters, parts of a path or marks that hide how it ends.';

create or replace function is_abandoned(is_whole boolean, began_at timestamptz) returns boolean language sql stable parallel safe as $$
  select not is_whole and began_at < current_instant() - interval '1 day'
$$;
comment on function is_abandoned is 'An upload that was cut, so long ago that nobody goes on with it.';

create or replace function refuse_more_bytes() returns trigger language plpgsql as $$
begin
  if (select c.is_whole from file_content c where c.id = new.content_id) then
    raise exception 'the bytes of a file that is whole do not change';
  end if;
  return new;
end
$$;

-- ---- Citations ----

create or replace function cite_files_of_act() returns trigger language plpgsql as $$
begin
  perform cite_files(new.documents, '#/documents', new.record_type, new.record_id, new.id, new.organisation_id, new.province_code);
  return null;
end
$$;
comment on function cite_files_of_act is 'Files that the papers of an act name: under the caller''s scope, complete, and kept from now on.';

-- create trigger cite_files after insert or update of document on allocation
--   for each row execute function cite_files_of_record('document')
create or replace function cite_files_of_record() returns trigger language plpgsql as $$
declare
  stored jsonb := to_jsonb(new);
begin
  perform cite_files(stored -> tg_argv[0], '#/' || tg_argv[0], tg_table_name, new.id, null, (stored ->> 'organisation_id')::uuid,
    stored ->> 'province_code');
  return null;
end
$$;
comment on function cite_files_of_record is 'The same for the paper that a record itself carries.';

-- Looks with the owner's eyes: the record that cites may be out of the caller's sight.
create or replace function keep_cited_file() returns trigger language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  citing text := (select c.record_type from public.file_citation c where c.file_id = old.id limit 1);
begin
  if old.deleted_at is null and new.deleted_at is not null and citing is not null then
    raise exception using errcode = 'PT409', message = 'still-referenced', detail = jsonb_build_object('record_type', citing);
  end if;
  return new;
end
$$;
