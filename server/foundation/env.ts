import path from 'node:path';
import { z } from 'zod';
import { parseRanges } from './proxies';

const text = z.string().trim().min(1).optional();
const secret = z.string().min(32, 'must have at least 32 characters').optional();
const flag = z
  .enum(['0', '1', 'true', 'false', ''])
  .optional()
  .transform((v) => (v === undefined || v === '' ? undefined : v === '1' || v === 'true'));

/** Every setting there is. `.env.example` documents each one; a test holds the two together. */
export const envSchema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PORT: z.coerce.number().int().min(1).max(65535).default(3000),
  APP_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://app.example.com' })
    .optional(),
  TRIBUTARY_DATA_DIR: text,
  TRIBUTARY_SANDBOX: flag,
  TRIBUTARY_SANDBOX_URL: z.url().optional(),
  TRIBUTARY_DEMO: flag,
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
  TRIBUTARY_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://')
    .optional(),
  DATABASE_DRIVER: z.enum(['pg', 'neon']).optional(),
  DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
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
  INNGEST_EVENT_KEY: text,
  INNGEST_SIGNING_KEY: text,
  INNGEST_BASE_URL: text,
  INNGEST_DEV: text,
  INNGEST_CONCURRENCY: z.coerce.number().int().min(1).max(1000).optional(),
  KEEP_RUNS_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  KEEP_EMAILS_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  X_CLIENT_ID: text,
  X_CLIENT_SECRET: text,
  FACEBOOK_CLIENT_ID: text,
  FACEBOOK_CLIENT_SECRET: text,
  ETSY_CLIENT_ID: text,
  ETSY_CLIENT_SECRET: text,
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
            per: z.enum(['account', 'installation']),
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
  /** true when Inngest Cloud or a self-hosted server does the work instead of the embedded runner. */
  externalInngest: boolean;
};

export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The settings are not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}\nSee .env.example.`);
    this.name = 'EnvError';
  }
}

/** Checks the settings. Throws EnvError that names each wrong one, never its value. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const cleaned = Object.fromEntries(Object.entries(source).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = envSchema.safeParse(cleaned);
  const problems: string[] = [];
  if (!parsed.success)
    for (const i of parsed.error.issues) problems.push(`${i.path.join('.')}: ${i.message}`);
  const e = parsed.data;
  if (e) {
    for (const p of ['X', 'FACEBOOK', 'ETSY'] as const)
      if (!!e[`${p}_CLIENT_ID`] !== !!e[`${p}_CLIENT_SECRET`])
        problems.push(`${p}_CLIENT_ID and ${p}_CLIENT_SECRET: set both or neither`);
    if (e.STRIPE_SECRET_KEY && !(e.STRIPE_WEBHOOK_SECRET && e.STRIPE_PRICE_PRO && e.STRIPE_PRICE_AGENCY))
      problems.push(
        'STRIPE_SECRET_KEY: needs STRIPE_WEBHOOK_SECRET, STRIPE_PRICE_PRO and STRIPE_PRICE_AGENCY too',
      );
    if (e.OPENAI_COMPATIBLE_BASE_URL && !e.OPENAI_COMPATIBLE_MODEL)
      problems.push('OPENAI_COMPATIBLE_BASE_URL: needs OPENAI_COMPATIBLE_MODEL too');
    if (e.INNGEST_EVENT_KEY && !e.INNGEST_SIGNING_KEY)
      problems.push('INNGEST_EVENT_KEY: needs INNGEST_SIGNING_KEY too');
  }
  if (!e || problems.length > 0) throw new EnvError(problems);
  return {
    ...e,
    dataDir: path.resolve(/* turbopackIgnore: true */ e.TRIBUTARY_DATA_DIR ?? '.data'),
    appUrl: (e.APP_URL ?? `http://localhost:${e.PORT}`).replace(/\/$/, ''),
    sandbox: e.TRIBUTARY_SANDBOX ?? false,
    demo: e.TRIBUTARY_DEMO ?? false,
    externalInngest: !!(e.INNGEST_EVENT_KEY || e.INNGEST_SIGNING_KEY || e.INNGEST_BASE_URL),
  };
}

let cached: Env | undefined;
/** The checked settings of this process. The only reader of `process.env`. */
export function env(): Env {
  cached ??= parseEnv(process.env);
  return cached;
}
/** For tests: forget what was read. */
export function resetEnv(): void {
  cached = undefined;
}
