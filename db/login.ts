import type { GuardClient } from './apply-guards';

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
  set role ${OWNER};`;

/** The login lacks rights. `message` says which statements give them. */
export class DatabaseRightsError extends Error {
  override name = 'DatabaseRightsError';
}

interface Rights {
  login: string;
  database: string;
  version: number;
  may_create: boolean;
  schema_owner: string | null;
  owns: boolean;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Gives the login the two identities: it may take them, and without doing so has none of their rights. Where they are missing
 * it makes them, which needs CREATEROLE; a script (`db/setup/`) makes them beforehand for a login without. Throws
 * `DatabaseRightsError`, which says what to run as an administrator.
 */
export async function prepareLogin(client: GuardClient): Promise<void> {
  const [rights] = (
    await client.query(`
      select current_user as login, current_database() as database, current_setting('server_version_num')::int as version,
        has_database_privilege(current_database(), 'CREATE') as may_create, pg_get_userbyid(n.nspowner) as schema_owner,
        coalesce(pg_has_role(n.nspowner, 'USAGE'), true) as owns
      from (values (1)) as one left join pg_namespace n on n.nspname = 'tributary'`)
  ).rows as [Rights];
  const { login, version } = rights;
  const me = quoted(login);
  const grant = (role: string) =>
    `grant ${role} to ${me}${version >= 160_000 ? ' with inherit false, set true' : ''}`;
  const missing: string[] = [];
  const attempt = async (statement: string) => {
    try {
      await client.query(statement);
    } catch (error) {
      // 42501: insufficient privilege, 0LP01: invalid grant. 42710, 23505: another process made it just now.
      const { code } = error as { code?: string };
      if (code === '42501' || code === '0LP01') missing.push(statement);
      else if (code !== '42710' && code !== '23505') throw error;
    }
  };
  for (const role of IDENTITIES) {
    const state = await membership(client, role, version);
    if (!state) await attempt(`create role ${role} nologin`);
    if (!state?.may_take) await attempt(grant(role));
    else if (version >= 160_000 && state.inherits) await attempt(grant(role));
  }
  if (!rights.may_create) missing.push(`grant create on database ${quoted(rights.database)} to ${me}`);
  if (!rights.owns) missing.push(`reassign owned by ${quoted(rights.schema_owner ?? '')} to ${me}`);
  if (missing.length === 0) return;
  throw new DatabaseRightsError(
    `The database login ${me} lacks rights. Run this in the database ${quoted(rights.database)} as an administrator, then start again:\n` +
      `${missing.map((statement) => `  ${statement};`).join('\n')}\nSee docs/database.md.`,
  );
}

/** Whether the current role may take this one, and whether it has its rights without doing so. Null when there is no such role. */
async function membership(
  client: GuardClient,
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
