import { createHash } from 'node:crypto';
import { BOOKKEEPING } from './login';

/** A driver's own client, outside any transaction: runs one statement and returns its rows, or several statements as one transaction. */
export interface GuardClient {
  query(statement: string): Promise<{ rows: unknown[] }>;
  exec(statements: string): Promise<unknown>;
}

const DEADLOCK = '40P01';
const MAX_TRIES = 10;

/**
 * Applies the guards if their text, the newest migration or the login role has changed since the last start. Applying them locks every
 * table, so a process that starts next to busy ones skips it unless needed, and retries after a deadlock.
 */
export async function applyGuards(client: GuardClient, text: string): Promise<void> {
  await client.query(`create table if not exists ${BOOKKEEPING}.guards (fingerprint text primary key)`);
  const [state] = (
    await client.query(`
      select (select max(id) from ${BOOKKEEPING}.__drizzle_migrations)::text || ' ' || current_user as about,
        (select string_agg(fingerprint, ' ') from ${BOOKKEEPING}.guards) as applied`)
  ).rows as { about: string; applied: string | null }[];
  const wanted = createHash('sha256').update(`${state?.about}\n${text}`).digest('hex');
  if (state?.applied === wanted) return;
  const statements = `${text}
    delete from ${BOOKKEEPING}.guards;
    insert into ${BOOKKEEPING}.guards (fingerprint) values ('${wanted}');`;
  for (let tries = 1; ; tries++) {
    try {
      await client.exec(statements);
      return;
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || tries >= MAX_TRIES) throw error;
      await new Promise((done) => setTimeout(done, 50 * tries));
    }
  }
}
