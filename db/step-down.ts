import { OWNER } from './login';
import { beginning, FITS } from './session-settings';

interface Client {
  query(text: unknown, values?: unknown[]): Promise<{ rows: unknown[] }>;
  release(broken?: boolean): void;
}
interface Pool {
  connect(): Promise<unknown>;
  query(text: string): unknown;
}

/**
 * Makes every query of this pool run with the settings that the code relies on (session-settings.ts), and without access to any row until
 * an identity is assumed.
 *
 * A superuser, or a role with BYPASSRLS (such as the initial role of a Neon project), would see every row regardless of the policies. With
 * such a login, all queries of this pool run as the tables' owner instead, who sees none.
 *
 * Both are set per transaction, because a pooler hands the session to other clients afterwards. A single statement therefore costs two more
 * round trips with such a login, or if the server has other default settings. Other logins (`db/setup/tributary.sql`) do not pay for this.
 */
export function stepDown<P extends Pool>(pool: P): P {
  const plain = {
    connect: pool.connect.bind(pool) as (callback?: unknown) => Promise<Client>,
    query: pool.query.bind(pool) as Client['query'],
  };
  let known: { owner: string | null } | undefined;
  const owner = async (): Promise<string | null> => {
    known ??= await ask(plain.query);
    return known?.owner ?? null;
  };
  return Object.assign(pool, {
    connect: async (callback?: unknown) => {
      // Only the pool's own `query` passes a callback. It runs nothing but the look-up of the owner (`ask`), which needs no role.
      if (callback) return plain.connect(callback);
      const role = await owner();
      return transactionsAs(role, await plain.connect());
    },
    query: async (...asked: Parameters<Client['query']>) => {
      const role = await owner();
      const client = await plain.connect();
      let over = false;
      try {
        const alone = !role && (await fits(client));
        if (!alone) await client.query(begin(role));
        const answer = await client.query(...asked);
        if (!alone) await client.query('commit');
        over = true;
        return answer;
      } finally {
        const usable =
          over ||
          (await client.query('rollback').then(
            () => true,
            () => false,
          ));
        client.release(!usable);
      }
    },
  });
}

/** Checked once per connection, because its defaults do not change. */
const fitting = new WeakMap<Client, boolean>();
async function fits(client: Client): Promise<boolean> {
  const known = fitting.get(client);
  if (known !== undefined) return known;
  const [row] = (await client.query(FITS)).rows as { fits: boolean }[];
  const fit = row?.fits === true;
  fitting.set(client, fit);
  return fit;
}

const begin = (role: string | null, text?: string) =>
  role ? `${beginning(text)}; set local role "${role.replaceAll('"', '""')}"` : beginning(text);

/**
 * Returns the role to run as: null if the login sees no rows anyway; undefined while there is nothing to see, because the owner is created
 * before the tables.
 */
async function ask(query: Client['query']): Promise<{ owner: string | null } | undefined> {
  const [login] = (
    await query(`
      select l.rolsuper or l.rolbypassrls as sees_all, coalesce(o.rolname, (select rolname from pg_roles where rolname = '${OWNER}')) as owner
      from pg_roles l left join pg_namespace n on n.nspname = 'tributary'
      left join pg_roles o on o.oid = n.nspowner and not o.rolsuper and not o.rolbypassrls
      where l.rolname = session_user`)
  ).rows as { sees_all: boolean; owner: string | null }[];
  if (!login?.sees_all) return { owner: null };
  return login.owner ? { owner: login.owner } : undefined;
}

function transactionsAs(role: string | null, client: Client): Client {
  return new Proxy(client, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== 'query') return value.bind(target);
      return (asked: unknown, ...rest: unknown[]) => {
        const text = typeof asked === 'string' ? asked : (asked as { text?: unknown } | null)?.text;
        return typeof text === 'string' && /^begin\b/i.test(text)
          ? target.query(begin(role, text))
          : value.call(target, asked, ...rest);
      };
    },
  });
}
