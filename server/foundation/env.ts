import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { readDatabaseAddress, trimAddress } from './database-address';
import { isLoopbackHost } from './loopback';
import { PLATFORM_SETTINGS } from './platform-settings';
import { parseRanges } from './proxies';

const text = z.string().trim().min(1).optional();
const secret = z.string().min(32, 'must have at least 32 characters').optional();
const seconds = (least: number, most: number, otherwise: number) =>
  z.coerce.number().int().min(least).max(most).default(otherwise);
type PlatformSetting = (typeof PLATFORM_SETTINGS)[keyof typeof PLATFORM_SETTINGS][number];
const platformSettings = Object.fromEntries(
  Object.values(PLATFORM_SETTINGS)
    .flat()
    .map((name) => [name, text]),
) as Record<PlatformSetting, typeof text>;
const flag = z
  .enum(['0', '1', 'true', 'false', ''])
  .optional()
  .transform((v) => (v === undefined || v === '' ? undefined : v === '1' || v === 'true'));

/** Value with which the operator confirms that anyone may use the sandbox and the demo. */
export const PUBLIC_SANDBOX = 'yes-anyone-may-use-it';
/** Value with which the operator confirms that an existing installation may start without its old secrets. */
export const NEW_SECRETS = 'yes-sealed-credentials-are-lost';

/** Names of the settings of this installation's client at a platform, from the platform's id. */
export function clientNames(platform: string): { id: ClientName; secret: ClientName } {
  const base = platform.toUpperCase().replaceAll('-', '_');
  return { id: `${base}_CLIENT_ID`, secret: `${base}_CLIENT_SECRET` };
}
type ClientName = `${string}_CLIENT_ID` | `${string}_CLIENT_SECRET`;

/** All settings. `.env.example` documents each one; a test keeps the two in sync. */
export const envSchema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  HOST: text,
  APP_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://app.example.com' })
    .optional(),
  TRIBUTARY_DATA_DIR: text,
  TRIBUTARY_SANDBOX: flag,
  TRIBUTARY_SANDBOX_URL: z.url().optional(),
  TRIBUTARY_DEMO: flag,
  TRIBUTARY_ALLOW_PUBLIC_SANDBOX: z
    .literal(PUBLIC_SANDBOX, { error: `has one meaning only: ${PUBLIC_SANDBOX}` })
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((value, ctx) => {
      try {
        return parseRanges(value);
      } catch (error) {
        ctx.addIssue({
          code: 'custom',
          message: error instanceof Error ? error.message : 'is no list of addresses',
        });
        return z.NEVER;
      }
    }),
  HTTP_CONNECTIONS: z.coerce.number().int().min(10).max(50_000).default(1000),
  HTTP_CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(1).max(50_000).default(250),
  TRIBUTARY_OPERATORS: z
    .string()
    .default('')
    .transform((value) => value.split(/[\s,]+/).filter((one) => one !== ''))
    .pipe(z.array(z.email('is no e-mail address').toLowerCase())),
  TRIBUTARY_PSEUDO_LOCALE: flag,
  TRIBUTARY_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATABASE_URL: z
    .string()
    .transform(trimAddress)
    .superRefine((url, ctx) => {
      try {
        readDatabaseAddress(url);
      } catch (error) {
        ctx.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'cannot be read' });
      }
    })
    .optional(),
  DATABASE_DRIVER: z.enum(['pg', 'neon']).optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
  DATABASE_CONNECT_TIMEOUT: seconds(1, 60, 5),
  DATABASE_STATEMENT_TIMEOUT: seconds(1, 3600, 10),
  DATABASE_IDLE_TIMEOUT: seconds(1, 3600, 60),
  DATABASE_START_WAIT: seconds(0, 600, 30),
  DATABASE_FOLDER_WAIT: seconds(0, 600, 10),
  NEON_WS_PROXY: text,
  AUTH_SECRET: secret,
  ENCRYPTION_KEYS: z
    .string()
    .regex(
      /^[\w-]+:[A-Za-z0-9+/=_-]{43,44}(,[\w-]+:[A-Za-z0-9+/=_-]{43,44})*$/,
      'must be id:base64key pairs of 32 bytes, separated by commas, the newest first',
    )
    .optional(),
  LINK_SIGNING_SECRET: secret,
  TRIBUTARY_BACKUP_PASSPHRASE: z.string().min(12, 'must have at least 12 characters').optional(),
  TRIBUTARY_NEW_SECRETS: z.literal(NEW_SECRETS, { error: `has one meaning only: ${NEW_SECRETS}` }).optional(),
  INNGEST_EVENT_KEY: text,
  INNGEST_SIGNING_KEY: text,
  INNGEST_BASE_URL: text,
  INNGEST_DEV: text,
  INNGEST_CONCURRENCY: z.coerce.number().int().min(1).max(1000).optional(),
  KEEP_RUNS_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  KEEP_EMAILS_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  KEEP_ACTIVITY_DAYS: z.coerce.number().int().min(1).max(3650).default(365),
  ...platformSettings,
  PLATFORM_LIMITS: z
    .string()
    .transform((value, ctx) => {
      try {
        return JSON.parse(value) as unknown;
      } catch {
        ctx.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(
      z.record(
        z.string(),
        z.array(
          z.object({
            count: z.number().int().positive(),
            seconds: z.number().int().positive(),
            per: z.enum(['account', 'grant', 'installation']),
          }),
        ),
      ),
    )
    .optional(),
  MISTRAL_API_KEY: text,
  MISTRAL_MODEL: z.string().default('mistral-small-latest'),
  GROQ_API_KEY: text,
  GROQ_MODEL: z.string().default('llama-3.3-70b-versatile'),
  OPENAI_API_KEY: text,
  OPENAI_MODEL: z.string().default('gpt-4o-mini'),
  OPENAI_COMPATIBLE_BASE_URL: z.url().optional(),
  OPENAI_COMPATIBLE_API_KEY: text,
  OPENAI_COMPATIBLE_MODEL: text,
  RESEND_API_KEY: text,
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://')
    .optional(),
  TRIBUTARY_OUTBOX: z
    .enum(['machine', 'everyone', 'off'], { error: 'must be machine, everyone or off' })
    .optional(),
  EMAIL_FROM: z.string().default('Tributary <hello@tributary.localhost>'),
  STRIPE_SECRET_KEY: text,
  STRIPE_WEBHOOK_SECRET: text,
  STRIPE_PRICE_PRO: text,
  STRIPE_PRICE_AGENCY: text,
});

export type Env = z.output<typeof envSchema> & {
  dataDir: string;
  appUrl: string;
  sandbox: boolean;
  demo: boolean;
  /** Whether Inngest Cloud or a self-hosted server runs the background functions instead of the embedded runner. */
  externalInngest: boolean;
};

export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The settings are not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}\nSee .env.example.`);
    this.name = 'EnvError';
  }
}

/** Validates the settings. Throws an EnvError that names each invalid one, never its value. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const cleaned = Object.fromEntries(Object.entries(source).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = envSchema.safeParse(cleaned);
  const problems: string[] = [];
  if (!parsed.success)
    for (const i of parsed.error.issues) problems.push(`${i.path.join('.')}: ${i.message}`);
  const e = parsed.data;
  if (e) {
    for (const names of Object.values<readonly PlatformSetting[]>(PLATFORM_SETTINGS))
      if (names.some((name) => e[name]) && !names.every((name) => e[name]))
        problems.push(
          `${names.join(' and ')}: set ${names.length === 2 ? 'both or neither' : 'all or none'}`,
        );
    if (e.STRIPE_SECRET_KEY && !(e.STRIPE_WEBHOOK_SECRET && e.STRIPE_PRICE_PRO && e.STRIPE_PRICE_AGENCY))
      problems.push(
        'STRIPE_SECRET_KEY: needs STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_PRO and STRIPE_PRICE_AGENCY too',
      );
    if (e.OPENAI_COMPATIBLE_BASE_URL && !e.OPENAI_COMPATIBLE_MODEL)
      problems.push('OPENAI_COMPATIBLE_BASE_URL: needs OPENAI_COMPATIBLE_MODEL too');
    if (e.INNGEST_EVENT_KEY && !e.INNGEST_SIGNING_KEY)
      problems.push('INNGEST_EVENT_KEY: needs INNGEST_SIGNING_KEY too');
    problems.push(...exposureProblems(e));
    if (isSharedFolder(dataDirOf(e)))
      problems.push(
        'TRIBUTARY_DATA_DIR: must be a folder of its own, because all in it is made readable by its owner only; not the project, a folder above it, a home folder or the root of a disk',
      );
  }
  if (!e || problems.length > 0) throw new EnvError(problems);
  return {
    ...e,
    dataDir: dataDirOf(e),
    appUrl: appUrlOf(e),
    sandbox: e.TRIBUTARY_SANDBOX ?? false,
    demo: e.TRIBUTARY_DEMO ?? false,
    externalInngest: !!(e.INNGEST_EVENT_KEY || e.INNGEST_SIGNING_KEY || e.INNGEST_BASE_URL),
  };
}

type Settings = z.output<typeof envSchema>;
const dataDirOf = (e: Settings): string =>
  path.resolve(/* turbopackIgnore: true */ e.TRIBUTARY_DATA_DIR ?? '.data');
const appUrlOf = (e: Settings): string => (e.APP_URL ?? `http://localhost:${e.PORT}`).replace(/\/$/, '');

/** Whether a folder contains the project, or is a home folder or the root of a disk. */
function isSharedFolder(folder: string): boolean {
  const holds = (inner: string) => !path.relative(folder, inner).startsWith('..');
  return holds(process.cwd()) || folder === path.parse(folder).root || folder === path.resolve(homedir());
}

/**
 * Returns a problem for each setting that would expose the sandbox or the demo to other machines. Both are for this machine only: the
 * demo's password is public, and anyone who reaches the sandbox controls every platform in it. `listening` contains the addresses that the
 * server actually listens on, if known.
 */
export function exposureProblems(
  e: Pick<
    Settings,
    'TRIBUTARY_SANDBOX' | 'TRIBUTARY_DEMO' | 'TRIBUTARY_ALLOW_PUBLIC_SANDBOX' | 'HOST' | 'APP_URL' | 'PORT'
  >,
  listening: string[] = [],
): string[] {
  const open = (['TRIBUTARY_SANDBOX', 'TRIBUTARY_DEMO'] as const).filter((name) => e[name]);
  if (open.length === 0 || e.TRIBUTARY_ALLOW_PUBLIC_SANDBOX) return [];
  const what = open.length === 2 ? 'the sandbox and the demo' : e.TRIBUTARY_DEMO ? 'the demo' : 'the sandbox';
  const out = `Set ${open.map((name) => `${name}=0`).join(' and ')}, or, if anybody at all may use ${what}, TRIBUTARY_ALLOW_PUBLIC_SANDBOX=${PUBLIC_SANDBOX}`;
  const problems: string[] = [];
  if (e.APP_URL && !isLoopbackHost(new URL(e.APP_URL).host))
    problems.push(
      `APP_URL: is an address that others reach, and ${open.join(' and ')} would open ${what} to them (a known password, platforms that anybody controls). ${out}`,
    );
  const elsewhere = [...(e.HOST ? [e.HOST] : []), ...listening].filter(
    (host) => !isLoopbackHost(bracketed(host)),
  );
  if (elsewhere.length > 0)
    problems.push(
      `HOST: the server ${listening.length > 0 ? 'listens' : 'would listen'} on ${elsewhere[0]}, where others reach it, and ${open.join(' and ')} would open ${what} to them. Leave HOST empty and start with npm start (or next start -H 127.0.0.1). ${out}`,
    );
  return problems;
}

/** Puts an IPv6 address in brackets, as in a URL. */
const bracketed = (host: string): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;

let cached: Env | undefined;
/** Returns the validated settings of this process. The only reader of the app's own settings in `process.env`. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
/** Returns the id and secret of this installation's client at a platform, as far as they are set. */
export function clientSettings(platform: string): { id: string | undefined; secret: string | undefined } {
  const settings: Partial<Record<ClientName, string>> = env();
  const { id, secret } = clientNames(platform);
  return { id: settings[id], secret: settings[secret] };
}
/** For tests: clears the cached settings. */
export function resetEnv(): void {
  cached = undefined;
}
