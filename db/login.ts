import type { GuardClient } from './apply-guards';
import { WHOLE_SESSION } from './session-settings';

/** Where the migrator and the guards keep what they did. */
export const BOOKKEEPING = 'tributary_migrations';
/** Whoever asks for a workspace, and who looks across workspaces (`guards.sql`). Neither can log in. */
const IDENTITIES = ['tributary_app', 'tributary_system'] as const;
/** Owns everything where the login itself sees all rows whatever the policies say: the embedded database, and superusers. */
export const OWNER = 'tributary_owner';

/**
 * What the embedded database's session begins with. It logs in as a superuser, who would see every row: this makes the roles and
 * goes on as one who sees none. Idempotent.
 */
export const EMBEDDED_SESSION = `
  do $$
  declare r text;
  begin
    foreach r in array array['${OWNER}', '${IDENTITIES.join("', '")}'] loop
      if not exists (select from pg_roles where rolname = r) then execute format('create role %I nologin', r); end if;
    end loop;
    execute format('alter database %I owner to ${OWNER}', current_database());
    grant ${IDENTITIES.join(', ')} to ${OWNER} with inherit false, set true;
  end $$;
  set role ${OWNER};
  ${WHOLE_SESSION}`;

/** The login lacks rights. `message` says which statements give them. */
export class DatabaseRightsError extends Error {
  override name = 'DatabaseRightsError';
}

interface Rights {
  login: string;
  database: string;
  version: number;
  superuser: boolean;
  sees_all: boolean;
  may_create: boolean;
  owner_may_create: boolean | null;
  schema_owner: string | null;
  owns: boolean;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Gives the login the two identities: it may take them, and without doing so has none of their rights. Where they are missing
 * it makes them, which needs CREATEROLE; `db/setup/tributary.sql` makes them beforehand for a login without. A login that sees
 * all rows whatever the policies say gets an owner that it works as (`step-down.ts`). Throws `DatabaseRightsError`, which says
 * what to run as an administrator. To be called in a transaction.
 */
export async function prepareLogin(client: Pick<GuardClient, 'query'>): Promise<void> {
  const [rights] = (
    await client.query(`
      select current_user as login, current_database() as database, current_setting('server_version_num')::int as version,
        l.rolsuper as superuser, l.rolsuper or l.rolbypassrls as sees_all,
        has_database_privilege(current_database(), 'CREATE') as may_create,
        (select has_database_privilege(oid, current_database(), 'CREATE') from pg_roles where rolname = '${OWNER}') as owner_may_create,
        o.rolname as schema_owner, coalesce(pg_has_role(n.nspowner, 'USAGE'), true) as owns
      from pg_roles l left join pg_namespace n on n.nspname = 'tributary' left join pg_roles o on o.oid = n.nspowner
      where l.rolname = current_user`)
  ).rows as [Rights];
  const { login, version } = rights;
  const me = quoted(login);
  const missing: string[] = [];
  const attempt = async (statement: string, otherwise = statement as string | null) => {
    await client.query('savepoint attempt');
    try {
      await client.query(statement);
    } catch (error) {
      await client.query('rollback to savepoint attempt');
      // Insufficient privilege; invalid grant.
      if (!['42501', '0LP01'].includes((error as { code?: string }).code ?? '')) throw error;
      if (otherwise) missing.push(otherwise);
    }
  };
  const needed: string[] = rights.sees_all ? [...IDENTITIES, OWNER] : [...IDENTITIES];
  for (const role of needed) {
    const state = await membership(client, role, version);
    if (!state) await attempt(`create role ${role} nologin`);
    if (rights.superuser) continue;
    const options = version >= 160_000 ? ' with inherit false, set true' : '';
    const grant = `grant ${role} to ${me}${options}`;
    if (!state?.may_take) await attempt(grant);
    // The policies hold without this, too.
    else if (state.inherits && options) await attempt(grant, null);
  }
  const create = (to: string) => `grant create on database ${quoted(rights.database)} to ${to}`;
  if (!rights.may_create) missing.push(create(me));
  if (rights.sees_all && !rights.owner_may_create) {
    await attempt(create(OWNER), null);
    // PostgreSQL only warns where it grants nothing.
    const [now] = (
      await client.query(
        `select has_database_privilege('${OWNER}', current_database(), 'CREATE') as may from pg_roles where rolname = '${OWNER}'`,
      )
    ).rows as { may: boolean }[];
    if (!now?.may) missing.push(create(OWNER));
  }
  if (!rights.sees_all && !rights.owns)
    missing.push(`reassign owned by ${quoted(rights.schema_owner ?? '')} to ${me}`);
  if (missing.length === 0) return;
  throw new DatabaseRightsError(
    `The database login ${me} lacks rights. Run this in the database ${quoted(rights.database)} as an administrator, then start again:\n` +
      `${missing.map((statement) => `  ${statement};`).join('\n')}\nSee docs/database.md.`,
  );
}

/** Whether the current role may take this one, and whether it has its rights without doing so. Null when there is no such role. */
async function membership(
  client: Pick<GuardClient, 'query'>,
  role: string,
  version: number,
): Promise<{ may_take: boolean; inherits: boolean } | null> {
  // Since 16 being a member and being allowed to take the role are two things; before, members may.
  const set = version >= 160_000 ? 'SET' : 'MEMBER';
  const [state] = (
    await client.query(
      `select pg_has_role(oid, '${set}') as may_take, pg_has_role(oid, 'USAGE') as inherits from pg_roles where rolname = '${role}'`,
    )
  ).rows as { may_take: boolean; inherits: boolean }[];
  return state ?? null;
}
