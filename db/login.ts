import type { GuardClient } from './apply-guards';
import { WHOLE_SESSION } from './session-settings';

/** Schema in which the migrator and the guards record what they have applied. */
export const BOOKKEEPING = 'tributary_migrations';
/** The roles of a workspace's requests and of work across workspaces (`guards.sql`). Neither can log in. */
const IDENTITIES = ['tributary_app', 'tributary_system'] as const;
/** Role that owns everything if the login itself would see all rows regardless of the policies: the embedded database, and superusers. */
export const OWNER = 'tributary_owner';

/**
 * First statements of the embedded database's session. It logs in as a superuser, who would see every row, so this creates the roles and
 * switches to one that sees none. Idempotent.
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

/** The login lacks rights. `message` lists the statements that grant them. */
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
 * Grants the login the two identities: it may assume them, but has none of their rights until it does. Creates them if they are missing,
 * which needs CREATEROLE; for a login without it, `db/setup/tributary.sql` creates them beforehand. A login that sees all rows regardless
 * of the policies gets an owner role to work as (`step-down.ts`). Throws `DatabaseRightsError` with the statements to run as an
 * administrator. Must be called in a transaction.
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
      // insufficient_privilege; invalid_grant_operation.
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
    // The policies hold even if this fails.
    else if (state.inherits && options) await attempt(grant, null);
  }
  const create = (to: string) => `grant create on database ${quoted(rights.database)} to ${to}`;
  if (!rights.may_create) missing.push(create(me));
  if (rights.sees_all && !rights.owner_may_create) {
    await attempt(create(OWNER), null);
    // PostgreSQL only warns if it grants nothing, so the result is checked.
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

/** Returns whether the current role may assume this one, and whether it inherits its rights. Null if the role does not exist. */
async function membership(
  client: Pick<GuardClient, 'query'>,
  role: string,
  version: number,
): Promise<{ may_take: boolean; inherits: boolean } | null> {
  // Since PostgreSQL 16, membership and the right to assume the role are separate; before, every member may.
  const set = version >= 160_000 ? 'SET' : 'MEMBER';
  const [state] = (
    await client.query(
      `select pg_has_role(oid, '${set}') as may_take, pg_has_role(oid, 'USAGE') as inherits from pg_roles where rolname = '${role}'`,
    )
  ).rows as { may_take: boolean; inherits: boolean }[];
  return state ?? null;
}
