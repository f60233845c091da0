-- SPDX-License-Identifier: MIT
-- Brings the media types of files to the state of the file beside. Safe to repeat.

create temp table load_file_type (media_type text, extensions text[], seen_as text[], label_vi text, label_en text) on commit drop;
\copy load_file_type from 'reference/file_types.csv' with (format csv, header true)

merge into file_type t using load_file_type l on t.media_type = l.media_type
 when matched then update set extensions = l.extensions, seen_as = l.seen_as, label_vi = l.label_vi, label_en = l.label_en, is_taken = true
 when not matched then
      insert (media_type, extensions, seen_as, label_vi, label_en)
      values (l.media_type, l.extensions, l.seen_as, l.label_vi, l.label_en);

-- Files of a type that is taken no longer stay.
update file_type t set is_taken = false
 where not exists (select from load_file_type l where l.media_type = t.media_type);
