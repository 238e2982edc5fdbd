-- Each entry of a publication's `media` (pictures, a GIF, a video or a document) becomes a row of `publication_media`, which tracks its
-- upload. If the platform takes no uploads ahead (`media_ahead`), the row is ready from the beginning and only keeps the file. A trigger
-- inserts the rows in the statement that creates the publication, so no caller can forget them. Applied after every migration, like
-- guards.sql.
create or replace function tributary.publication_waits_for_media() returns trigger
language plpgsql set search_path = tributary, pg_temp
as $$
begin
  -- Nothing is on the platform yet, or nothing has to be.
  new.media_until := case when new.media_ahead then timestamptz 'epoch' else timestamptz '9999-01-01 00:00:00+00' end;
  return new;
end
$$;
drop trigger if exists publication_waits_for_media on tributary.publications;
create trigger publication_waits_for_media before insert on tributary.publications for each row
  when (jsonb_array_length(new.media) > 0 and new.media_until is null)
  execute function tributary.publication_waits_for_media();

create or replace function tributary.publication_takes_media() returns trigger
language plpgsql set search_path = tributary, pg_temp
as $$
begin
  insert into publication_media (workspace_id, publication_id, position, file_id, state, updated_at)
  select new.workspace_id, new.id, m.number - 1, m.item ->> 'fileId', case when new.media_ahead then 'waiting' else 'ready' end,
    new.updated_at
  from jsonb_array_elements(new.media) with ordinality as m(item, number);
  return null;
end
$$;
drop trigger if exists publication_takes_media on tributary.publications;
create trigger publication_takes_media after insert on tributary.publications for each row
  when (jsonb_array_length(new.media) > 0)
  execute function tributary.publication_takes_media();

-- When an edit changes the media, the uploads are listed anew. A worker that is uploading the old media finds its row gone.
create or replace function tributary.publication_changes_media() returns trigger
language plpgsql set search_path = tributary, pg_temp
as $$
begin
  new.media_until := case when jsonb_array_length(new.media) = 0 then null
    when new.media_ahead then timestamptz 'epoch' else timestamptz '9999-01-01 00:00:00+00' end;
  return new;
end
$$;
drop trigger if exists publication_changes_media on tributary.publications;
create trigger publication_changes_media before update of media on tributary.publications for each row
  when (new.media is distinct from old.media)
  execute function tributary.publication_changes_media();

create or replace function tributary.publication_retakes_media() returns trigger
language plpgsql set search_path = tributary, pg_temp
as $$
begin
  delete from publication_media where publication_id = new.id and workspace_id = new.workspace_id;
  insert into publication_media (workspace_id, publication_id, position, file_id, state, updated_at)
  select new.workspace_id, new.id, m.number - 1, m.item ->> 'fileId', case when new.media_ahead then 'waiting' else 'ready' end,
    new.updated_at
  from jsonb_array_elements(new.media) with ordinality as m(item, number);
  return null;
end
$$;
drop trigger if exists publication_retakes_media on tributary.publications;
create trigger publication_retakes_media after update of media on tributary.publications for each row
  when (new.media is distinct from old.media)
  execute function tributary.publication_retakes_media();
