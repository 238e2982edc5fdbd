/** The server or the database cannot be used. `message` explains why and what to do. */
export class UnusableServer extends Error {
  override name = 'UnusableServer';
}

const LEAST_VERSION = 15;

/**
 * Refuses a server that is too old or read-only, and a database that cannot store every text, which is any with an encoding other than UTF8
 * (SQL_ASCII validates nothing and may return data that clients cannot decode). Throws UnusableServer. Must be called first, outside a
 * transaction.
 */
export async function assertUsableServer(client: {
  query(text: string): Promise<{ rows: unknown[] }>;
}): Promise<void> {
  const [server] = (
    await client.query(
      `select current_setting('server_encoding') as encoding, current_setting('server_version_num')::int / 10000 as version,
        pg_is_in_recovery() as standby, current_database() as database`,
    )
  ).rows as [{ encoding: string; version: number; standby: boolean; database: string }];
  const { encoding, version, standby, database } = server;
  if (version < LEAST_VERSION)
    throw new UnusableServer(
      `This server is PostgreSQL ${version}, and Tributary needs ${LEAST_VERSION} or newer. Nothing was changed. ` +
        `Upgrade it, or give another server's address in DATABASE_URL. See docs/database.md.`,
    );
  if (standby)
    throw new UnusableServer(
      'This PostgreSQL server is a standby, which can only be read from. Give the address of its primary server in DATABASE_URL.',
    );
  if (encoding !== 'UTF8')
    throw new UnusableServer(
      `The database "${database}" has the encoding ${encoding}, which ${encoding === 'SQL_ASCII' ? 'does not check what it holds' : 'cannot hold every text'}. ` +
        `Tributary needs UTF8. Nothing was changed, and the encoding of a database cannot be changed. Make another one as an administrator:\n` +
        `  create database tributary_utf8 encoding 'UTF8' locale 'C.UTF-8' template template0;\n` +
        `give the app's login the rights in it (docs/database.md), and name it in DATABASE_URL.`,
    );
}
