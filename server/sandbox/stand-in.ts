import type { Hono } from 'hono';
import type { Act } from './control/act';
import type { FeedPages } from './cores/feed-pages';
import type { Ctx, SandboxEnv } from './http';
import type { RevocationRules, TokenRules } from './oauth/endpoint';
import type { OAuthRules } from './oauth/flow';
import type { Markup } from './pages';
import type { accounts } from './schema';
import type { Api } from './shell/api';
import type { Keys } from './shell/keys';
import type { Vendor } from './shell/vendor';
import type { World } from './world';

export type Account = typeof accounts.$inferSelect;
/** An account that exists in a new sandbox. The shell adds the platform and the time. */
export type SeedAccount = Omit<typeof accounts.$inferInsert, 'platform' | 'kind' | 'createdAt'> & {
  kind?: Account['kind'];
};

/** How a platform's users allow an app to act for them (OAuth 2.0). Paths are below the stand-in's own. */
export interface SignIn {
  rules: OAuthRules;
  /** Between two scopes. */
  separator: ' ' | ',';
  /** The scopes that the platform knows, each with its meaning in plain words. */
  scopes: Readonly<Record<string, string>>;
  /** Returns the text under each account that a user can choose. `owned` are its pages, shops and the like. By default its followers. */
  describe?: (account: Account, owned: readonly Account[]) => string;
  paths: {
    authorize: string;
    token: string;
    /** The page on which a user ends an app's access. */
    apps: string;
  };
  /** `authorize` and `token` as a client writes them, if the paths are patterns. */
  sample?: { authorize: string; token: string };
  tokenMethods?: readonly ('GET' | 'POST')[];
  /** Exchanges codes and refresh tokens: by these rules, or in a way of its own. */
  tokens: TokenRules | ((world: World) => (c: Ctx) => Promise<Response>);
  /** Ends an app's access at its request. Needs rules for the tokens. */
  revocation?: RevocationRules;
  /** How the app proves who it is at the token address. */
  client: 'basic' | 'form' | 'query';
  /** The platform also accepts a request without `response_type`. */
  anyResponseType?: true;
  /** Returns the parameters with which the platform sends the user back if the app may not ask for one of these scopes. */
  denied?: (world: World, scopes: readonly string[]) => Promise<Readonly<Record<string, string>> | null>;
  /** The parameters that the app gets if the user refuses. */
  refusal?: Readonly<Record<string, string>>;
}

/** How the accounts of a platform are listed on its front page and in the overview. */
export interface Listed {
  title: string;
  kind: Account['kind'] | readonly Account['kind'][];
  /** Path of the account's page, below the stand-in. */
  link: (account: Account) => string;
  /** The line under its name. `made` is its number of posts. */
  line: (account: Account, made: number) => string;
  /** Path of a second address of the front page, below the stand-in. */
  also?: string;
}

/** Something that a person can turn on and off for a whole platform. */
export interface Switch {
  key: string;
  initial: boolean;
  /** Words of the button, by whether it is on. */
  button: { on: string; off: string };
  /** What is the case, by whether it is on. */
  state?: { on: string; off: string };
}

/** A stand-in's part of the control page. */
export interface Control {
  /** Renders it. `action` returns the address of a form's action. */
  section?: (world: World, action: (path: string) => string) => Promise<Markup>;
  actions?: (act: Act, world: World) => void;
}

/** Colours of a platform's pages: its links and buttons, and the text on them. */
export interface Accent {
  light: string;
  dark: string;
  onDark: string;
}

/** One platform's stand-in. `scripts/platforms.mjs` collects them from the folders, and their tables from `tables.ts`. */
export interface StandIn {
  id: string;
  /** Name as people write it. */
  name: string;
  accent?: Accent;
  /** Its responses to faults and to what the shell refuses. */
  vendor: Vendor;
  signIn?: SignIn;
  /** Secrets that a person makes on the platform and pastes elsewhere, such as a bot's token. */
  keys?: Keys;
  /** Set if people name a server: the stand-in is then at `/<id>/<host>`, and each host has its own accounts, apps and tokens. */
  servers?: true;
  /** Its operations. */
  apis?: readonly Api[];
  /** The accounts that exist in a new sandbox; of each server, if people name one. */
  accounts?: readonly SeedAccount[] | ((host: string) => readonly SeedAccount[]);
  switches?: readonly Switch[];
  /** Its front page. By default the accounts that have a timeline. */
  listed?: Listed;
  control?: Control;
  /** Its public pages, if it is a network of posts. */
  feed?: FeedPages;
  /** Public addresses that lead to other pages of the stand-in: a pattern, and the path that its values give. Null: there is nothing. */
  aliases?: Readonly<
    Record<string, (values: Record<string, string>, world: World) => string | null | Promise<string | null>>
  >;
  /** Adds other public pages, after all other routes. */
  pages?: (app: Hono<SandboxEnv>, world: World) => void;
  /** Adds the routes that nothing above describes. */
  mount?: (app: Hono<SandboxEnv>, world: World) => void;
  /** Simulates what people do until `until`, the new crowd time. Called before it is set. */
  passTime?: (world: World, until: Date) => Promise<void>;
  /** Work that a change leaves for later, such as webhooks. Runs soon after `world.later()`, one at a time. */
  later?: (world: World) => Promise<unknown>;
  /** What happens by itself with time. Called every few seconds. */
  sweep?: (world: World) => Promise<unknown>;
}
