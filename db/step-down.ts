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
 * What goes through this pool finds the settings that the code relies on (session-settings.ts), and sees no row by itself:
 *
 * a superuser, and a role with BYPASSRLS (the one that a Neon project comes with), would see every row whatever the policies say.
 * With such a login, whatever goes through this pool runs as the tables' owner instead, who sees none until an identity is taken.
 *
 * Both in the transaction, because a pooler gives the session to others afterwards. So a statement by itself costs two more round
 * trips with such a login, and where the server has other settings by default. Other logins (`db/setup/tributary.sql`) do not pay for it.
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
      // The pool's own `query` asks so, which is not used with such a login.
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

/** Of each connection, once: its defaults do not change. */
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

/** Null for a login that sees no row anyway. Undefined while there is nothing to see: the owner is made before the tables. */
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
