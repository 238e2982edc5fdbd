import { and, count, eq, inArray, isNull, like, ne } from 'drizzle-orm';
import { alerts, connections } from '@/db/schema';
import type { PlatformId } from '@/server/connectors/generated/ids';
import type { Connector, RequestSpec } from '@/server/connectors/kit/connector';
import { readOptions, sentOptions } from '@/server/connectors/kit/options';
import type {
  Capabilities,
  Capability,
  ConnectorFault,
  LookupInput,
  PostLimits,
  Published,
  PublishInput,
} from '@/server/connectors/kit/types';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { connectSandbox } from '@/server/domains/connections/testing';
import { inEnglish } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import { posts } from '@/server/sandbox/schema';
import type { ContractIo, PlatformContract, Stage } from '../contracts/define';
import { exercisedBy } from '../contracts/rules';
import { scenarioIo } from '../contracts/stage';
import { createWorld, type World } from '../support/world';
import { newWord } from './samples';
import type { Stand } from './stand';

type Sent = Pick<RequestSpec, 'operation' | 'effect'>;
type Work = (io: never, input: never) => Promise<unknown>;

/** One platform with a workspace and a connected account of its stand-in. */
export class Subject {
  /** What was exercised with success, by the names of `declarations`. */
  readonly seen = new Set<string>();
  /** The requests of the current call of a capability. */
  requests: Sent[] = [];
  connectionId = '';
  /** Values that a user entered to sign in, by the ids of the fields. */
  entered: Readonly<Record<string, string>> = {};
  #options: OptionValues = {};
  #restore: (() => void)[] = [];
  #effect: Sent | undefined;
  renewals = 0;

  private constructor(
    readonly id: PlatformId,
    readonly connector: Connector,
    readonly contract: PlatformContract,
    readonly stand: Stand,
    readonly world: World,
  ) {}

  static async open(
    id: PlatformId,
    connector: Connector,
    contract: PlatformContract,
    stand: Stand,
  ): Promise<Subject> {
    const world = await createWorld(stand.db, { plan: 'agency', timeZone: 'UTC', clock: stand.clock });
    const subject = new Subject(id, connector, contract, stand, world);
    subject.#observe();
    await subject.connect();
    return subject;
  }

  /** Notes the requests of each call and the values of sign-ins. `close` ends this. */
  #observe(): void {
    const functions = this.connector.functions as Record<string, Work | undefined>;
    for (const [name, work] of Object.entries(functions)) {
      if (!work) continue;
      functions[name] = (io: { request: (spec: RequestSpec, schema: never) => unknown }, input) => {
        const request = (spec: RequestSpec, schema: never) => {
          this.requests.push(spec);
          return io.request(spec, schema);
        };
        return work({ ...io, request } as never, input);
      };
      this.#restore.push(() => {
        functions[name] = work;
      });
    }
    const hooks = this.connector.hooks as {
      -readonly [K in keyof Connector['hooks']]: Connector['hooks'][K];
    };
    const { open, renew, identify } = hooks;
    hooks.identify = (io, given) => {
      this.entered = { ...this.entered, ...given };
      return identify(io, given);
    };
    if (open)
      hooks.open = (io, values) => {
        this.entered = values;
        return open(io, values);
      };
    if (renew)
      hooks.renew = (...given) => {
        this.renewals++;
        return renew(...given);
      };
    this.#restore.push(() => {
      hooks.identify = identify;
      if (open) hooks.open = open;
      if (renew) hooks.renew = renew;
    });
  }

  get manifest(): Connector['manifest'] {
    return this.connector.manifest;
  }
  get post(): PostLimits {
    if (!this.manifest.post) throw new Error(`${this.id} takes no posts`);
    return this.manifest.post;
  }
  does = (capability: Capability): boolean => this.manifest.capabilities.includes(capability);

  get stage(): Stage {
    const { handler, db, exchanges } = this.stand;
    const serve = this.stand.serve.bind(this.stand);
    return { handler, db, world: this.world, exchanges, deliveries: [], serve };
  }
  /** What a scenario of the platform's contract uses. */
  get io(): ContractIo {
    return scenarioIo(this.stage, this.id, this.connectionId, this.seen);
  }

  /** Signs in, for the first time or again. */
  async connect(): Promise<void> {
    const { contract, world, stand } = this;
    const ids = contract.connect
      ? await contract.connect(this.stage, contract.account)
      : (await connectSandbox(stand.handler, world.ctx, this.id, contract.account, contract.pick))
          .connectionIds;
    const rows = await stand.db.asSystem((tx) =>
      tx
        .select()
        .from(connections)
        .where(inArray(connections.id, [...ids])),
    );
    const chosen = rows.find(({ remoteId }) => remoteId === contract.ablest)?.id ?? ids[0];
    if (chosen === undefined) throw new Error(`${this.id}: the sign-in connected nothing`);
    this.connectionId = chosen;
    this.seen.add(`sign-in ${this.manifest.auth.kind}`);
    this.noteSignIns();
  }

  /** Does something as another account of the sign-in. */
  async as<T>(remoteId: string, work: () => Promise<T>): Promise<T> {
    const own = this.connectionId;
    this.connectionId = (await this.io.as(remoteId)).connectionId;
    try {
      return await work();
    } finally {
      this.connectionId = own;
    }
  }

  /** Notes the ways of signing in that succeeded since the last rest. */
  noteSignIns(): void {
    for (const { platform, operation = '', status } of this.stand.exchanges)
      if (platform === this.id && status < 400 && operation.startsWith('sign-in ')) this.seen.add(operation);
  }

  /** Begins a case: without faults, limits and tricks, and with a working connection. */
  async rest(): Promise<void> {
    this.noteSignIns();
    await this.stand.rest();
    this.renewals = 0;
    if ((await this.row()).status !== 'active') await this.connect();
  }

  async row(): Promise<typeof connections.$inferSelect> {
    const [row] = await this.stand.db.asSystem((tx) =>
      tx.select().from(connections).where(eq(connections.id, this.connectionId)),
    );
    if (!row) throw new Error('The connection is gone');
    return row;
  }

  /** Returns the ids of the workspace's other connections. */
  async otherConnections(): Promise<string[]> {
    const rows = await this.stand.db.asWorkspace(this.world.workspaceId, (tx) =>
      tx.select({ id: connections.id }).from(connections).where(ne(connections.id, this.connectionId)),
    );
    return rows.map(({ id }) => id);
  }

  /** Open alerts about the connection. */
  async openAlerts(): Promise<number> {
    const [row] = await this.stand.db.asSystem((tx) =>
      tx
        .select({ n: count() })
        .from(alerts)
        .where(and(like(alerts.key, `%${this.connectionId}%`), eq(alerts.resolved, false))),
    );
    return row?.n ?? 0;
  }

  /** Uses a capability as the app does. Throws ConnectorFault. */
  async call<C extends Capability>(
    capability: C,
    input: Capabilities[C]['input'],
  ): Promise<Capabilities[C]['output']> {
    this.requests = [];
    const { connectionId, world } = this;
    const output = await callPlatform({ ctx: world.ctx, connectionId, capability, input });
    for (const one of exercisedBy(capability, input)) this.seen.add(one);
    this.noteSignIns();
    return output;
  }

  /** Returns the fault of a call, or null if it succeeds. */
  async faultOf(work: Promise<unknown>): Promise<ConnectorFault | null> {
    try {
      await work;
      return null;
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      if (inEnglish(error.fact).trim() === '') throw new Error(`${this.id}: a fault without words`);
      return error;
    }
  }

  /** Returns the values of the options of a plain post: the defaults, and a value for each that is required. */
  async options(): Promise<OptionValues> {
    const fields = this.manifest.options ?? [];
    if (fields.length === 0 || Object.keys(this.#options).length > 0) return this.#options;
    const given: Record<string, OptionValues[string]> = {};
    for (const field of fields) {
      if (!field.required) continue;
      if (field.kind === 'text') given[field.id] = newWord();
      if (field.kind === 'choice') given[field.id] = field.choices[0]?.value ?? '';
      if (field.kind === 'remote_choice') given[field.id] = await this.firstChoice(field.id);
    }
    this.#options = readOptions(
      { name: this.manifest.name, options: fields, optionRules: [] },
      given,
      null,
    ).values;
    return this.#options;
  }

  async firstChoice(field: string): Promise<{ value: string; label: string }> {
    const { choices } = await this.call('choices', { field, search: '', cursor: null });
    const [first] = choices;
    if (!first) throw new Error(`${this.id}: the account has no choice for ${field}`);
    return first;
  }

  /** Returns a post like no other, with valid options. `word` is in its text only. */
  async newPost(more: Partial<PublishInput> = {}): Promise<PublishInput & { word: string }> {
    const word = newWord();
    return {
      word,
      text: `${word} ${newWord()} ${newWord()}`,
      idempotencyKey: `key-${word}`,
      ...(this.manifest.options ? { options: sentOptions(await this.options()) } : {}),
      ...more,
    };
  }

  async publish({ word: _, ...input }: PublishInput & { word: string }): Promise<Published> {
    const published = await this.call('publish', input);
    // Later posts have later times.
    this.stand.clock.advance(1_000);
    return published;
  }

  /** Does something as if the manifest declared no rules about options. */
  async withoutRules<T>(work: () => Promise<T>): Promise<T> {
    const manifest = this.connector.manifest as { optionRules?: unknown };
    const { optionRules } = manifest;
    manifest.optionRules = [];
    try {
      return await work();
    } finally {
      manifest.optionRules = optionRules;
    }
  }

  /** Looks a post up as after an attempt a minute ago. */
  lookUp(
    { word: _, idempotencyKey, repostOf: __, ...sent }: PublishInput & { word?: string },
    more: Partial<LookupInput> = {},
  ): Promise<Capabilities['lookup']['output']> {
    const since = new Date(this.stand.clock.now().getTime() - 120_000);
    return this.call('lookup', { ...sent, keys: [idempotencyKey], since, exclude: [], ...more });
  }

  /** Returns the ids of the posts on the stand-in whose text has this word, in the order of their creation. */
  async onPlatform(word: string): Promise<string[]> {
    const rows = await this.stand.handler.world.db
      .select({ id: posts.id })
      .from(posts)
      .where(and(like(posts.text, `%${word}%`), isNull(posts.deletedAt)))
      .orderBy(posts.createdAt, posts.id);
    return rows.map(({ id }) => id);
  }

  /** Returns all posts on the stand-ins. */
  allPosts(): Promise<{ text: string; at: Date }[]> {
    return this.stand.handler.world.db
      .select({ text: posts.text, at: posts.createdAt })
      .from(posts)
      .where(isNull(posts.deletedAt));
  }

  /** Learns by publishing once which of the requests has the effect. */
  async effect(): Promise<Sent> {
    if (!this.#effect) {
      await this.publish(await this.newPost());
      this.#effect = this.effectOfLast();
    }
    return this.#effect;
  }

  /** Returns the request of the last call that has the effect. */
  effectOfLast(): Sent {
    const changing = this.requests.filter(({ effect }) => effect !== 'read');
    const effect = changing.findLast((one) => one.effect === 'effect') ?? changing.at(-1);
    if (!effect) throw new Error(`${this.id}: the call changed nothing`);
    return effect;
  }

  close(): void {
    for (const restore of this.#restore) restore();
  }
}
