import { type DatabaseAddress, formatAddress } from '@/server/foundation/database-address';

/** The server cannot be reached or refuses the login. `message` names host and port, but never the login or the password. */
export class DatabaseUnreachable extends Error {
  override name = 'DatabaseUnreachable';
}

export interface StartWait {
  /** How long to wait for a server that is not up yet, in milliseconds. */
  waitMs: number;
  /** Called once with a message when the wait begins. */
  onWait(words: string): void;
}

const EVERY_MS = 500;
/** SQLSTATEs of a server that will be available soon: it is starting, shutting down, or out of connections. */
const TRANSIENT = ['57P01', '57P03', '53300', '08006', '08001'];
const LOGIN = ['28P01', '28000'];
const NO_DATABASE = '3D000';

/**
 * Opens a first connection, retrying while the server is not up (a database that starts together with the app takes a few seconds). An
 * error reported by the server itself is final. Throws DatabaseUnreachable. The driver's error is discarded, because it may contain names.
 */
export async function connectWithRetry<
  C extends {
    connect(): Promise<unknown>;
    end(): Promise<void>;
    on(event: 'error', on: () => void): unknown;
  },
>(make: () => C, address: DatabaseAddress, { waitMs, onWait }: StartWait): Promise<C> {
  const where = formatAddress(address);
  const until = Date.now() + waitMs;
  for (let tries = 1; ; tries++) {
    const client = make();
    // If the connection breaks, the next statement fails. Without a listener the process would exit.
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      void client.end().catch(() => {});
      const said = (error as { code?: unknown }).code;
      const code = typeof said === 'string' && /^[A-Z0-9_]{4,40}$/.test(said) ? said : undefined;
      if (code && LOGIN.includes(code))
        throw new DatabaseUnreachable(
          `The database at ${where} does not accept the login of DATABASE_URL (${code}): the name or the password is wrong, or it may not come from here.`,
        );
      if (code === NO_DATABASE)
        throw new DatabaseUnreachable(
          `The server at ${where} has no database of the name that DATABASE_URL gives. docs/database.md says how to make one.`,
        );
      const isAnswer = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !TRANSIENT.includes(code);
      if (isAnswer || Date.now() + EVERY_MS > until)
        throw new DatabaseUnreachable(
          `The database at ${where} could not be reached${waitMs > 0 && !isAnswer ? ` within ${waitMs / 1000} s` : ''} (${code ?? 'no answer'}). ` +
            `Start it, or correct DATABASE_URL.`,
        );
      if (tries === 1) onWait(`The database at ${where} is not there yet (${code ?? 'no answer'}): waiting`);
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
  }
}
