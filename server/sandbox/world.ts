import type { Db } from '@/db/client';
import type { Clock } from '@/server/foundation/clock';
import { FaultBook } from './faults';
import { TokenBook } from './oauth/tokens';
import { RateBook, type RateLimit } from './rates';
import { SettingsBook } from './settings';
import type { StandIn } from './stand-in';

/** Dependencies of the sandbox, provided by its host. */
export interface SandboxDeps {
  db: Db;
  clock: Clock;
  /** Address at which a browser sees the sandbox, such as `http://localhost:3000/sandbox`. */
  publicUrl: string;
  /** The app's address: redirect URIs are `<appUrl>/api/oauth/<platform>/callback`. */
  appUrl: string;
  /** Address to which webhooks are sent: the app's own server, such as `http://127.0.0.1:3000`. */
  internalAppUrl: string;
  /** Sends webhooks. Tests provide their own. */
  fetch?: typeof fetch;
  /** Rate limits that override the platforms' own, by operation such as `x.createPosts`. */
  limits?: Record<string, RateLimit>;
  /** Waits for latency and time-out faults. Tests provide one that does not wait. */
  sleep?: (ms: number) => Promise<void>;
}

/** One running sandbox: its dependencies and its state in memory. */
export class World {
  readonly db: Db['raw'];
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly appUrl: string;
  readonly internalAppUrl: string;
  /** Path of the public address, which precedes every link on a page. */
  readonly base: string;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  readonly settings: SettingsBook;
  readonly faults: FaultBook;
  readonly rates: RateBook;
  readonly tokens: TokenBook;

  /** Does soon what a change left for later (`StandIn.later`). Set by the handler. */
  later: () => void = () => {};

  constructor(
    deps: SandboxDeps,
    readonly standIns: readonly StandIn[],
  ) {
    this.db = deps.db.raw;
    this.clock = deps.clock;
    this.publicUrl = deps.publicUrl.replace(/\/$/, '');
    this.appUrl = deps.appUrl.replace(/\/$/, '');
    this.internalAppUrl = deps.internalAppUrl.replace(/\/$/, '');
    this.base = new URL(this.publicUrl).pathname.replace(/\/$/, '');
    this.fetch = deps.fetch ?? fetch;
    this.sleep = deps.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
    this.settings = new SettingsBook(
      this.db,
      deps.clock,
      Object.fromEntries(
        standIns.flatMap(({ switches = [] }) => switches.map(({ key, initial }) => [key, initial])),
      ),
    );
    this.faults = new FaultBook(this.db, deps.clock);
    this.rates = new RateBook(deps.limits ?? {});
    this.tokens = new TokenBook(this.db);
  }

  /** Applies the rate limits that were changed on the control page. */
  async loadLimits(): Promise<void> {
    this.rates.override((await this.settings.get()).limits);
  }

  /** Returns the stand-in of a realm: its id, with the host where people name a server. */
  standIn(realm: string | undefined): StandIn | undefined {
    const id = realm?.split('/')[0];
    return this.standIns.find((one) => one.id === id);
  }

  /** Returns a platform's name, or the realm if there is no stand-in for it. */
  nameOf(realm: string): string {
    return this.standIn(realm)?.name ?? realm;
  }

  /** Advances the crowd time by `ms`. Everything that people do in that time is dated now. */
  async passTime(ms: number): Promise<void> {
    const { crowdAhead } = await this.settings.get();
    const until = new Date(this.clock.now().getTime() + crowdAhead + ms);
    for (const standIn of this.standIns) await standIn.passTime?.(this, until);
    await this.settings.set('crowdAhead', crowdAhead + ms);
  }

  redirectUri(platform: string): string {
    return `${this.appUrl}/api/oauth/${platform}/callback`;
  }
}
