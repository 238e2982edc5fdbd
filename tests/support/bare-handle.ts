import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';

type Executor = Pick<Db['raw'], 'execute'>;
const rowsOf = async <T>(on: Executor, text: string) =>
  ((await on.execute(sql.raw(text))) as unknown as { rows: T[] }).rows;

/** Every table of the app's own, but not the bookkeeping, the runner's and the sandbox's. */
export async function ourTables(db: Db): Promise<string[]> {
  const found = await rowsOf<{ name: string }>(
    db.raw,
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'tributary' and c.relkind in ('r', 'p') order by 1`,
  );
  return found.map((row) => row.name);
}

/**
 * Puts a row into each table. All texts of it are the same, so what a row refers to is there once its own table has a row: tables are
 * tried again until each has one.
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
 * What the bare handle can do to the rows that `fillEveryTable` made, where it should see none of them and write nothing. Empty
 * when all is well. Throws when a table has no row, which would prove nothing.
 */
export async function openToBareHandle(db: Db): Promise<string[]> {
  const open: string[] = [];
  const refused = async (table: string, text: string) => {
    const error = await db.raw.execute(sql.raw(text)).then(
      () => null,
      (e: { cause?: { code?: string } }) => e,
    );
    if (error?.cause?.code !== '42501')
      open.push(`${table}: ${text} ended with ${error?.cause?.code ?? 'success'}`);
  };
  for (const table of await ourTables(db)) {
    const name = `tributary."${table}"`;
    const count = (on: Executor) => rowsOf<{ n: number }>(on, `select count(*)::int as n from ${name}`);
    const [there] = await db.asSystem((tx) => count(tx as unknown as Executor));
    if (!there?.n) throw new Error(`${table} has no row`);
    const [seen] = await count(db.raw);
    if (seen?.n !== 0) open.push(`${table}: ${seen?.n} rows seen`);
    const [column] = await rowsOf<{ name: string }>(
      db.raw,
      `select attname as name from pg_attribute where attrelid = '${name}'::regclass and attnum = 1`,
    );
    for (const write of [
      `update ${name} set "${column?.name}" = "${column?.name}" returning 1`,
      `delete from ${name} returning 1`,
    ])
      if ((await rowsOf(db.raw, write)).length > 0) open.push(`${table}: ${write}`);
    await refused(table, `insert into ${name} default values`);
    await refused(table, `truncate ${name} cascade`);
  }
  return open;
}
