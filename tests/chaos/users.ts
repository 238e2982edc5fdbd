import { and, eq, inArray, like, or, sql } from 'drizzle-orm';
import { type Db, openDb } from '@/db/client';
import { actions, connections, publications } from '@/db/schema';
import { rowsOf } from '@/db/statements';
import { contracts } from '@/server/connectors/generated/contracts';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { readOptions } from '@/server/connectors/kit/options';
import { isConnectorFault, type UploadInput } from '@/server/connectors/kit/types';
import { type PlatformTraits, platformTraits } from '@/server/connectors/platform-traits';
import { readFingerprints } from '@/server/domains/actions/fingerprint';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import { samplePng } from '@/server/domains/files/testing';
import { answerMissed } from '@/server/domains/publication-recovery/answer-missed';
import { resolveUnknown } from '@/server/domains/publication-recovery/resolve-unknown';
import { retryPublication } from '@/server/domains/publication-recovery/retry-publication';
import { env } from '@/server/foundation/env';
import { isAppError } from '@/server/foundation/errors';
import type { OptionValues } from '@/server/foundation/option-values';
import { postPath } from '@/server/sandbox/cores/feed-pages';
import { ensureSandboxTables } from '@/server/sandbox/create-tables';
import { standIns } from '@/server/sandbox/generated/stand-ins';
import { accounts, posts } from '@/server/sandbox/schema';
import type { World } from '@/tests/support/world';
import { postOf } from './plan';

/** High enough that every post soon has a like. */
const FOLLOWERS = 200_000;

/** An account that a run publishes on. */
export interface Account {
  platform: string;
  connectionId: string;
  traits: PlatformTraits;
  /** Whether the platform refuses a picture for the length of its description. */
  descriptions: boolean;
  /** Options of a usual post, and those of posts with one more, for each value of each option. */
  usual: OptionValues;
  options: OptionValues[];
}

/** What one sign-in gives access to: the handle of the person, and the remote ids of the accounts to connect. */
interface SignIn {
  platform: PlatformId;
  handle: string;
  /** The platform, with the host where people name a server. */
  realm: string;
  pick?: readonly string[];
}

const NO_LETTERS = '234567';
/** Returns four digits for a number. They are valid in every alphabet in which platforms write ids. */
const tagOf = (n: number): string =>
  n
    .toString(NO_LETTERS.length)
    .padStart(4, '0')
    .replace(/\d/g, (digit) => NO_LETTERS[Number(digit)] ?? '');

/** Returns a function that gives the accounts of a person, and what mentions them, other ids and handles of the same shape. */
function renaming(family: readonly { id: string; handle: string }[], n: number): (text: string) => string {
  const tag = tagOf(n);
  const end = (text: string) => `${text.slice(0, -tag.length)}${tag}`;
  const names = family.flatMap(({ id, handle }) => [
    [id, end(id)] as const,
    [
      handle,
      /[a-z]/i.test(handle) ? handle.replace(/[a-z]+/i, (word) => `${word}${tag}`) : end(handle),
    ] as const,
  ]);
  // The longest first, so that none is replaced within another.
  names.sort(([a], [b]) => b.length - a.length);
  return (text) => names.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

/** The people of a run: they sign in on the stand-ins, and do what the app asks them to do. */
export class Users {
  /** The sign-in of each connection. */
  readonly #signIns = new Map<string, SignIn>();
  /** Posts of which somebody sent something again after signing in anew. */
  readonly retried = new Set<string>();
  /** Grants of the stand-ins that users have ended. */
  readonly ended = new Set<string>();
  readonly #handler: (request: Request) => Promise<Response>;

  private constructor(
    private readonly db: Db,
    private readonly stands: Db,
    private readonly world: World,
    sandbox: string,
  ) {
    // The run's own requests go directly to the sandbox, past the faults.
    this.#handler = async (request) => {
      const { pathname, search } = new URL(request.url);
      const bare = request.method === 'GET' || request.method === 'HEAD';
      return fetch(`${new URL(sandbox).origin}${pathname}${search}`, {
        method: request.method,
        headers: request.headers,
        redirect: 'manual',
        ...(bare ? {} : { body: await request.arrayBuffer() }),
      });
    };
    sendToHandler(this.#handler);
  }

  /** `sandboxUrl` is the sandbox's database, `sandbox` its address. */
  static async open(db: Db, o: { world: World; sandboxUrl: string; sandbox: string }): Promise<Users> {
    const stands = await openDb({ url: o.sandboxUrl, driver: 'pg', pool: 1 });
    return new Users(db, stands, o.world, o.sandbox);
  }
  close = (): Promise<void> => this.stands.close();

  /**
   * Connects accounts of a platform as its contract does, until there are `count`: first the account of the contract, with all that it
   * owns, and then copies of it.
   */
  async connect(platform: PlatformId, count: number): Promise<Account[]> {
    const contract = contracts[platform];
    const traits = platformTraits(platform);
    if (!contract || !traits) throw new Error(`${platform} has no contract`);
    const { account: handle, pick } = contract;
    const found: Account[] = [];
    const first = { platform, handle, realm: platform as string, ...(pick ? { pick } : {}) };
    const ids = await this.#signIn(first);
    const family = await this.#familyOf(platform, handle);
    first.realm = family[0]?.platform ?? platform;
    const descriptions = await this.#refusesDescriptions(ids[0] ?? '', traits);
    const add = async (signIn: SignIn, connected: readonly string[]) => {
      for (const connectionId of connected) {
        this.#signIns.set(connectionId, signIn);
        const options = await this.#optionsOf(platform, connectionId, traits);
        found.push({ platform, connectionId, traits, descriptions, ...options });
      }
    };
    await add(first, ids);
    for (let n = 0; found.length < count; n++) {
      const renamed = renaming(family, n);
      await this.stands.raw
        .insert(accounts)
        .values(
          family
            .map((row) => JSON.parse(renamed(JSON.stringify(row))) as (typeof family)[number])
            .map((row) => ({ ...row, createdAt: new Date(row.createdAt) })),
        );
      const signIn = { ...first, handle: renamed(handle), ...(pick ? { pick: pick.map(renamed) } : {}) };
      await add(signIn, await this.#signIn(signIn));
    }
    return found;
  }

  /** Returns the account with this handle, and those that it owns, which many follow. */
  async #familyOf(platform: string, handle: string): Promise<(typeof accounts.$inferSelect)[]> {
    const own = or(eq(accounts.platform, platform), like(accounts.platform, `${platform}/%`));
    await this.stands.raw.update(accounts).set({ followers: FOLLOWERS }).where(own);
    const [person] = await this.stands.raw
      .select()
      .from(accounts)
      .where(and(own, eq(accounts.handle, handle)));
    if (!person) throw new Error(`${platform} has no account ${handle}`);
    const owned = await this.stands.raw
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, person.platform), eq(accounts.parentId, person.id)));
    return [person, ...owned];
  }

  async #signIn({ platform, handle, pick }: SignIn): Promise<readonly string[]> {
    const contract = contracts[platform];
    const place = { handler: this.#handler, world: this.world };
    const ids = contract?.connect
      ? await contract.connect(place, handle)
      : (await connectSandbox(this.#handler, this.world.ctx, platform, handle, pick)).connectionIds;
    if (ids.length === 0) throw new Error(`${platform}: the sign-in of ${handle} connected nothing`);
    return ids;
  }

  /** Tries whether the platform refuses a picture with a longer description than it documents. */
  async #refusesDescriptions(connectionId: string, { media }: PlatformTraits): Promise<boolean> {
    if (media?.way !== 'ahead' || media.alt.withPost || !media.alt.kinds.includes('picture')) return false;
    const content = samplePng(8, 8);
    const input: UploadInput = {
      kind: 'picture',
      name: 'long.png',
      mime: 'image/png',
      bytes: content.length,
      alt: longDescription('', media),
      progress: null,
      read: async (offset, length) => content.subarray(offset, offset + length),
    };
    for (let progress: unknown = null, step = 0; step < 20; step++) {
      try {
        const answer = await this.#call(connectionId, 'upload', { ...input, progress });
        if (answer.state === 'failed') return true;
        if (answer.state === 'ready') return false;
        progress = answer.state === 'again' ? null : answer.progress;
      } catch (error) {
        if (isConnectorFault(error) && error.kind === 'rejected') return true;
        throw error;
      }
    }
    return false;
  }

  #call: <C extends Parameters<typeof callPlatform>[0]['capability']>(
    connectionId: string,
    capability: C,
    input: Parameters<typeof callPlatform<C>>[0]['input'],
  ) => ReturnType<typeof callPlatform<C>> = (connectionId, capability, input) =>
    callPlatform({ ctx: this.world.ctx, connectionId, capability, input });

  /** Returns the options of a usual post, and those of a post for each value of each option that this account has. */
  async #optionsOf(
    platform: PlatformId,
    connectionId: string,
    terms: PlatformTraits,
  ): Promise<Pick<Account, 'usual' | 'options'>> {
    const { options: fields } = terms;
    const needs = contracts[platform]?.options ?? {};
    const valuesOf = async (field: PlatformTraits['options'][number]): Promise<OptionValues[string][]> => {
      switch (field.kind) {
        case 'choice':
          return field.choices.map(({ value }) => value);
        case 'switch':
          return [true, false];
        case 'text':
          return [needs[field.id]?.text ?? 'A value'];
        case 'remote_choice':
          return (
            await this.#call(connectionId, 'choices', { field: field.id, search: '', cursor: null })
          ).choices.slice(0, 2);
      }
    };
    const all: [string, OptionValues[string][]][] = [];
    for (const field of fields) all.push([field.id, await valuesOf(field)]);
    const required = Object.fromEntries(
      all.flatMap(([id, [value]]) =>
        value !== undefined && fields.some((field) => field.id === id && field.required) ? [[id, value]] : [],
      ),
    );
    const valid = (given: OptionValues): OptionValues => {
      const { values, problems } = readOptions(terms, given, null);
      if (problems.length > 0)
        throw new Error(`${platform}: the options ${JSON.stringify(given)} are not valid`);
      return values;
    };
    const options = all.flatMap(([id, values]) =>
      values.flatMap((value) => {
        const need = needs[`${id} = ${String(value)}`] ?? needs[id];
        // Only some accounts can have it.
        return need?.as === undefined ? [valid({ ...required, ...need?.with, [id]: value })] : [];
      }),
    );
    return { usual: valid(required), options };
  }

  /** Ends the access of the app, as a user does on the platform, for one of the sign-ins there. `which` is from 0 to 1. */
  async revoke(platform: string, which: number): Promise<void> {
    const there = [...new Set(this.#signIns.values())].filter((one) => one.platform === platform);
    const one = there[Math.floor(which * there.length)];
    if (!one) return;
    const { rows } = (await this.stands.raw.execute(sql`
      select g.id from tributary_sandbox.grants g join tributary_sandbox.accounts a on a.id = g.account_id
      where g.revoked_at is null and g.platform = ${one.realm} and a.handle = ${one.handle}`)) as unknown as {
      rows: { id: string }[];
    };
    for (const { id } of rows) this.ended.add(id);
    const body = new URLSearchParams({ platform: one.realm, account: one.handle });
    const request = new Request('http://sandbox.test/sandbox/control/revoke', { method: 'POST', body });
    const answer = await this.#handler(request);
    if (!answer.ok) throw new Error(`The sandbox did not end the access: ${await answer.text()}`);
  }

  /** Ends the access tokens of a share of all sign-ins that can be renewed. */
  async expire(share: number): Promise<void> {
    const now = this.world.clock.now().toISOString();
    await this.stands.raw.execute(sql`
      update tributary_sandbox.tokens t set expires_at = ${now}::timestamptz
      where t.kind = 'access' and t.expires_at > ${now}::timestamptz and random() < ${share}
        and exists (select from tributary_sandbox.tokens r where r.grant_id = t.grant_id and r.kind = 'refresh')`);
  }

  /**
   * Does what the app asks users to do about sign-ins that have ended: signs in again, and sends again what failed for that. Posts that
   * missed their time, for example behind one that waits for a platform's daily limit, are sent now. Returns how much there was to do.
   */
  async act(): Promise<number> {
    const { ctx } = this.world;
    const broken = await this.db.asSystem((tx) =>
      tx.select({ id: connections.id }).from(connections).where(eq(connections.status, 'needs_reconnect')),
    );
    const again = new Set(broken.flatMap(({ id }) => this.#signIns.get(id) ?? []));
    for (const signIn of again) await this.#signIn(signIn);
    const failed = await this.db.asSystem((tx) =>
      rowsOf<{ id: string; version: number }>(
        tx,
        sql`select p.id, p.version from publications p join connections c on c.id = p.connection_id
          where p.state = 'failed' and c.status = 'active' and (
            select a.outcome from publication_attempts a where a.publication_id = p.id and a.kind = 'publish' order by a.number desc limit 1
          ) = 'reauth' order by p.due_at, p.id`,
      ),
    );
    for (const { id, version } of failed) {
      this.retried.add(postOf(id));
      await retryPublication(ctx, { id, version });
    }
    return again.size + failed.length + (await this.#sendMissed());
  }

  /** Answers each question about posts that missed their time: they are sent now. Returns the number of questions. */
  async #sendMissed(): Promise<number> {
    const { ctx } = this.world;
    const { asked, fingerprints, missed } = await this.db.asSystem(async (tx) => {
      const asked = await tx
        .select()
        .from(actions)
        .where(and(eq(actions.kind, 'publication_missed'), eq(actions.state, 'open')))
        .orderBy(actions.createdAt, actions.id);
      const missed = await tx
        .select({ id: publications.id })
        .from(publications)
        .where(
          inArray(
            publications.setAsideBy,
            asked.map(({ id }) => id),
          ),
        );
      return { asked, missed, fingerprints: await readFingerprints(tx, ctx.workspaceId, asked) };
    });
    for (const { id } of missed) this.retried.add(postOf(id));
    for (const { id } of asked)
      await answerMissed({
        ctx,
        input: { actionId: id, fingerprint: fingerprints.get(id) ?? '', answer: 'post_now' },
      });
    return asked.length;
  }

  /**
   * Answers every question about an unknown outcome: the post is there, at its address, or it is not and is sent again. `effectsOf` returns
   * the ids of what is there for a publication. Returns the ids of the publications, and of those whose address the app does not read, so
   * that their parts are left out.
   */
  async answer(
    effectsOf: (id: string) => readonly string[],
  ): Promise<{ answered: string[]; ended: string[] }> {
    const open = await this.db.asSystem((tx) =>
      rowsOf<{ id: string; key: string; version: number; parts: number; platform: string }>(
        tx,
        sql`select p.id, p.request_key as key, p.version, jsonb_array_length(p.parts) as parts, c.platform
          from publications p join connections c on c.id = p.connection_id where p.state = 'unknown' order by p.due_at, p.id`,
      ),
    );
    const ended: string[] = [];
    for (const { id, key, version, parts, platform } of open) {
      const [there] = [...effectsOf(id), ...effectsOf(key)];
      const say = (answer: 'there' | 'there_end' | 'not_there', permalink?: string) =>
        resolveUnknown(this.world.ctx, { id, version, answer, ...(permalink ? { permalink } : {}) });
      if (there === undefined) {
        await say('not_there');
        continue;
      }
      if (parts === 0) {
        await say('there');
        continue;
      }
      const address = await this.#addressOf(platform, there);
      const known = address !== null && (await say('there', address).then(() => true, isInvalid));
      if (known) continue;
      ended.push(id);
      await say('there_end');
    }
    return { answered: open.map(({ id }) => id), ended };
  }

  /** Returns the address at which a user sees a post on the stand-in, or null. */
  async #addressOf(platform: string, id: string): Promise<string | null> {
    const feed = standIns.find((one) => one.id === platform)?.feed;
    const [found] = await this.stands.raw
      .select({ post: posts, account: accounts })
      .from(posts)
      .innerJoin(accounts, eq(accounts.id, posts.accountId))
      .where(and(eq(posts.id, id), eq(accounts.platform, posts.platform)));
    return feed && found
      ? `${env().appUrl}/sandbox/${found.account.platform}${postPath(feed, found.account, found.post)}`
      : null;
  }

  /** Returns which of these publications a look-up cannot find out about now, and so could not before. */
  async unclear(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.db.asSystem((tx) =>
      rowsOf<{
        id: string;
        connection: string;
        text: string;
        marker: string;
        due: string;
        follows: string | null;
      }>(
        tx,
        sql`select p.id, p.connection_id as connection, p.text, p.marker, p.due_at::text as due, f.remote_id as follows
          from publications p left join publications f on f.id = p.follows_id where ${inArray(sql`p.id`, [...ids])}`,
      ),
    );
    const unclear = new Set<string>();
    for (const { id, connection, text, marker, due, follows } of rows) {
      const answer = await this.#call(connection, 'lookup', {
        text,
        keys: [marker],
        since: new Date(due),
        exclude: [],
        ...(follows === null ? {} : { replyTo: follows }),
      });
      if (answer.found === 'unclear') unclear.add(id);
    }
    return unclear;
  }
}

/** The app does not read a platform's address in this form. Other errors are thrown. */
function isInvalid(error: unknown): false {
  if (isAppError(error) && error.code === 'invalid') return false;
  throw error;
}

/** Returns a description that begins with `alt` and is longer than the platform documents. */
export const longDescription = (
  alt: string,
  { alt: { characters } }: NonNullable<PlatformTraits['media']>,
): string => alt.padEnd(characters + 200, '.');

/** Creates the tables of the sandbox. */
export async function prepareSandbox(url: string): Promise<void> {
  const db = await openDb({ url, driver: 'pg', pool: 2 });
  await db.migrate();
  await ensureSandboxTables(db.raw);
  await db.close();
}
