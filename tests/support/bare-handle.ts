import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';

type Executor = Pick<Db['raw'], 'execute'>;
const rowsOf = async <T>(on: Executor, text: string) =>
  ((await on.execute(sql.raw(text))) as unknown as { rows: T[] }).rows;

/** Returns the app's own tables, without those for bookkeeping, of the runner and of the sandbox. */
export async function ourTables(db: Db): Promise<string[]> {
  const found = await rowsOf<{ name: string }>(
    db.raw,
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'tributary' and c.relkind in ('r', 'p') order by 1`,
  );
  return found.map((row) => row.name);
}

/**
 * Inserts a row into each table. All its texts are identical, so a reference is valid once the referenced table has a row. Tables are
 * retried until each has one.
 */
export async function fillEveryTable(db: Db): Promise<void> {
  await db.asSystem((tx) =>
    tx.execute(
      sql.raw(`do $$
        declare
          t record;
          left_over int := 1;
          before int := 0;
        begin
          while left_over <> before loop
            before := left_over;
            left_over := 0;
            for t in
              select c.relname, string_agg(quote_ident(a.attname), ',') as names, string_agg(
                case format_type(a.atttypid, null) when 'text' then '''x''' when 'jsonb' then '''[]''' when 'boolean' then 'true'
                  when 'timestamp with time zone' then 'now()' when 'date' then 'current_date' else '1' end, ',') as them
              from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
              where n.nspname = 'tributary' and c.relkind = 'r' and a.attnum > 0 and a.attnotnull and not a.atthasdef
              group by c.relname
            loop
              begin
                execute format('insert into %I (%s) values (%s)', t.relname, t.names, t.them);
                if t.relname = 'ledger_postings' then
                  insert into ledger_postings values ('x', 'x', 2, 'x', -1, 'x');
                end if;
              exception
                when foreign_key_violation then left_over := left_over + 1;
                when unique_violation then null;
              end;
            end loop;
          end loop;
          if left_over > 0 then raise exception '% tables stay empty', left_over; end if;
        end $$`),
    ),
  );
}

/**
 * Returns what the bare handle can do to the rows of `fillEveryTable`. It must not see or write any of them, so the result should be empty.
 * Throws if a table has no row, because that would prove nothing.
 */
export async function openToBareHandle(db: Db): Promise<string[]> {
  const tables = await ourTables(db);
  const counts = tables.map((t) => `select '${t}' as name, count(*)::int as n from tributary."${t}"`);
  const count = (on: Executor) => rowsOf<{ name: string; n: number }>(on, counts.join(' union all '));
  const empty = (await db.asSystem((tx) => count(tx as unknown as Executor))).filter((t) => t.n === 0);
  if (tables.length === 0 || empty.length > 0) throw new Error(`No rows in ${empty.map((t) => t.name)}`);
  const open = (await count(db.raw)).filter((t) => t.n > 0).map((t) => `${t.n} rows of ${t.name} seen`);
  // Each statement runs alone, as an accidental one would. It has to be refused for lack of privileges, and not for another reason.
  const tried = db.raw.execute(
    sql.raw(`do $$
      declare
        t record;
        hit int;
        open text[] := '{}';
        write text;
      begin
        for t in
          select c.oid::regclass as name, quote_ident(a.attname) as field from pg_class c
          join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum = 1
          where n.nspname = 'tributary' and c.relkind in ('r', 'p')
        loop
          foreach write in array array[format('update %s set %s = %s', t.name, t.field, t.field), format('delete from %s', t.name)] loop
            execute write;
            get diagnostics hit = row_count;
            if hit > 0 then open := open || write; end if;
          end loop;
          foreach write in array array[format('insert into %s default values', t.name), format('truncate %s cascade', t.name)] loop
            begin
              execute write;
              open := open || write;
            exception
              when insufficient_privilege then null;
              when others then open := open || format('%s: %s', write, sqlerrm);
            end;
          end loop;
        end loop;
        if array_length(open, 1) > 0 then raise exception '%', array_to_string(open, '; '); end if;
      end $$`),
  );
  await tried.catch((error: Error & { cause?: Error }) => open.push(error.cause?.message ?? error.message));
  return open;
}
