import { ManualClock } from '@/server/foundation/clock';
import { freshDb } from '@/tests/support/db';
import { type SandboxHandler, sandboxHandler } from './handler';
import type { StandIn } from './stand-in';
import { type AuthorizeOptions, obtainTokens } from './testing';
import type { SandboxDeps } from './world';

export const BASE = 'http://sandbox.test/sandbox';
export const redirectTo = (platform: string) => `http://app.test/api/oauth/${platform}/callback`;

/** Creates a sandbox of all stand-ins or these, on a fresh database for one test file, with a manual clock and without waiting. */
export async function testSandbox(more: Partial<SandboxDeps> = {}, standIns?: readonly StandIn[]) {
  const db = await freshDb();
  const clock = new ManualClock('2026-03-02T12:00:00Z');
  const waits: number[] = [];
  const handler: SandboxHandler = sandboxHandler(
    {
      db,
      clock,
      publicUrl: BASE,
      appUrl: 'http://app.test',
      internalAppUrl: 'http://app.test',
      sleep: async (ms) => {
        waits.push(ms);
      },
      ...more,
    },
    standIns,
  );
  const call = (
    method: string,
    path: string,
    o: {
      token?: string;
      headers?: Record<string, string>;
      json?: unknown;
      form?: Record<string, string>;
      body?: BodyInit;
    } = {},
  ) =>
    handler(
      new Request(`${BASE}${path}`, {
        method,
        headers: {
          ...(o.token ? { authorization: `Bearer ${o.token}` } : {}),
          ...(o.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...o.headers,
        },
        ...(o.json === undefined ? {} : { body: JSON.stringify(o.json) }),
        ...(o.form ? { body: new URLSearchParams(o.form) } : {}),
        ...(o.body ? { body: o.body } : {}),
      }),
    );
  const control = async (path: string, body: Record<string, unknown> = {}) => {
    const answer = await call('POST', `/control${path}`, { json: body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const tokens = (
    platform: string,
    account: string,
    scopes: string[],
    more: Pick<AuthorizeOptions, 'server' | 'client'> = {},
  ) =>
    obtainTokens(handler, platform, {
      account,
      redirectUri: redirectTo(platform),
      scopes,
      base: BASE,
      ...more,
    });
  /** Makes a key by hand, such as a bot's token. `realm` is the stand-in's id, with the host where people name a server. */
  const key = async (realm: string, account: string): Promise<string> =>
    String((await control('/key', { platform: realm, account })).body.key);
  return { db, clock, handler, call, control, tokens, key, waits };
}

export type TestSandbox = Awaited<ReturnType<typeof testSandbox>>;
/** Parses a body as an untyped record, for assertions. */
// biome-ignore lint/suspicious/noExplicitAny: answers of a platform are read by their path in assertions
export const bodyOf = async (response: Response): Promise<any> => response.json();
