import pg from 'pg';

/**
 * Removes a database of a test run, and ends the sessions that still use it. `url` is another database on the server, with the same login.
 *
 * `drop database … with (force)` would also end an autovacuum of the database, which needs a superuser, and fails with 42501. A plain
 * `drop database` cancels autovacuum itself and waits for the other sessions to end.
 */
export async function dropDatabase(url: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user',
      [name],
    );
    await admin.query(`drop database if exists ${name}`);
  } finally {
    await admin.end();
  }
}
