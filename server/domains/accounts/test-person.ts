// Users who sign in, for tests. test-doubles.ts describes what a test file has to mock.
import { and, eq, like } from 'drizzle-orm';
import { beforeAll, beforeEach } from 'vitest';
import type { Db, Tx } from '@/db/client';
import { emails, throttles, users } from '@/db/schema';
import { ManualClock } from '@/server/foundation/clock';
import { isAppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { readMails } from '@/tests/support/mails';
import { RecordedEvents } from '@/tests/support/world';
import { signIn as signInVerb } from './sign-in';
import { enterCode as enterCodeVerb, resendCode as resendCodeVerb } from './sign-in-code';
import { work } from './test-doubles';
import { byVisitor } from './testing';

const signIn = byVisitor(signInVerb);
const enterCode = byVisitor(enterCodeVerb);
const resendCode = byVisitor(resendCodeVerb);

export let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});
beforeEach(() => db.asSystem((tx) => tx.delete(throttles)).then(() => undefined));

export const RIGHT_PASSWORD = 'Kettle-boat-41';
export const WRONG_PASSWORD = 'Not-the-one-9';
/** Number of the most recently created user. */
export let counter = 0;
let places = 0;
/** Returns an unused network address. */
export const unusedIp = () => {
  places++;
  return `10.${(places >> 16) & 255}.${(places >> 8) & 255}.${places & 255}`;
};

/** Creates a user with an account, and returns the actions that they and strangers can take on it. */
export async function createUser({ confirmed = true } = {}) {
  counter++;
  const clock = new ManualClock('2026-03-02T10:00:00Z');
  const ctx = { db, clock, events: new RecordedEvents() };
  const userId = newId('user');
  const email = `ines${counter}@example.test`;
  await db.asSystem((tx) =>
    tx.insert(users).values({
      id: userId,
      email,
      name: 'Ines',
      passwordHash: `$argon2 ${RIGHT_PASSWORD}`,
      emailVerifiedAt: confirmed ? clock.now() : null,
      termsAcceptedAt: clock.now(),
    }),
  );
  const attempt = (password: string, more: { ip?: string; devices?: string[]; email?: string } = {}) =>
    signIn({
      ctx,
      input: { email, password, ip: more.ip ?? unusedIp(), userAgent: 'Firefox/140.0 Linux', ...more },
    });
  const refused = async (password: string, more: Parameters<typeof attempt>[1] = {}) => {
    const error = await attempt(password, more).catch((e) => e);
    if (!isAppError(error)) throw new Error('expected the sign-in to be refused');
    return error;
  };
  /** Simulates strangers: `times` wrong passwords, each from another address. */
  const strangers = async (times: number) => {
    for (let i = 0; i < times; i++) await attempt(WRONG_PASSWORD).catch(() => {});
  };
  const codeMails = async () =>
    (await readMails(db, and(eq(emails.toAddress, email), like(emails.key, 'code:%')))).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
  const newestCode = async () =>
    String(JSON.parse((await codeMails()).at(-1)?.body ?? '{}').code).replace(' ', '');
  const enter = (browser: string, code: string) =>
    enterCode({ ctx, input: { browser, code, ip: unusedIp(), userAgent: null } });
  const resend = (browser: string) =>
    resendCode({ ctx, input: { browser, ip: unusedIp(), userAgent: null } });
  return { clock, ctx, userId, email, attempt, refused, strangers, codeMails, newestCode, enter, resend };
}
export const wrongOf = (code: string) => (code === '00000000' ? '11111111' : '00000000');

/** Runs a verb and returns its database statements by kind and table, and the number of hashes, rendered e-mails and sent events. */
export async function workOf(run: (watched: { db: Db; events: RecordedEvents }) => Promise<unknown>) {
  const statements: string[] = [];
  const nameOf = (table: unknown) =>
    (table as Record<symbol, string>)[Symbol.for('drizzle:Name')] ?? 'unknown table';
  const watch = (tx: Tx): Tx =>
    new Proxy(tx, {
      get(target, key, receiver) {
        if (key === 'insert' || key === 'update' || key === 'delete')
          return (table: never) => {
            statements.push(`${key} ${nameOf(table)}`);
            return target[key](table);
          };
        if (key === 'select') statements.push('select');
        return Reflect.get(target, key, receiver);
      },
    });
  const watched: Db = {
    ...db,
    asSystem: (work) => {
      statements.push('begin');
      return db.asSystem((tx) => work(watch(tx)));
    },
  };
  const events = new RecordedEvents();
  work.hashes = 0;
  work.rendered = [];
  const answer = await run({ db: watched, events }).then(
    (value) => value,
    (e) => ({ code: e.code, message: e.message, fields: e.fields }),
  );
  return {
    answer,
    work: { statements, hashes: work.hashes, rendered: work.rendered, events: events.sent },
  };
}
