import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parsePath, pick } from './conditions';
import { type Cron, parseCron } from './cron';

/** A function as registered with the runner. */
export interface Registered {
  readonly id: string;
  readonly maxAttempts: number;
  /** Id of the function that runs its `onFailure`, if it has one. */
  readonly failureId: string | undefined;
  readonly crons: readonly { text: string; cron: Cron }[];
  readonly concurrency: readonly { limit: number; path: string[] | undefined }[];
}
export interface Registry {
  readonly functions: ReadonlyMap<string, Registered>;
  readonly byEvent: ReadonlyMap<string, readonly Registered[]>;
  readonly ids: readonly string[];
  /** Whether any function limits how many of its calls run at once. */
  readonly keyed: boolean;
}

const concurrencySchema = z.strictObject({
  limit: z.number().int(),
  key: z.string().optional(),
  scope: z.literal('fn').optional(),
});
const configSchema = z.strictObject({
  id: z.string(),
  name: z.string().optional(),
  triggers: z.array(
    z.union([
      z.strictObject({ event: z.string(), expression: z.string().optional() }),
      z.strictObject({ cron: z.string() }),
    ]),
  ),
  steps: z.strictObject({
    step: z.strictObject({
      id: z.string(),
      name: z.string(),
      runtime: z.strictObject({ type: z.literal('http'), url: z.string() }),
      retries: z.strictObject({ attempts: z.number().int().min(0).max(20).optional() }).optional(),
    }),
  }),
  concurrency: z
    .union([z.number().int(), concurrencySchema, z.array(concurrencySchema).min(1).max(2)])
    .optional(),
});
type Config = z.output<typeof configSchema>;

/** Thrown when a function uses a feature that the embedded runner does not support. */
export class UnsupportedError extends Error {
  constructor(functionId: string, what: string) {
    super(`The function "${functionId}" uses ${what}, which the embedded runner does not support`);
    this.name = 'UnsupportedError';
  }
}

const FAILED = 'inngest/function.failed';
const DEFAULT_RETRIES = 4;

/** Registers the functions returned by an in-band sync. Throws `UnsupportedError`, which names the function and the feature. */
export function register(configs: readonly unknown[]): Registry {
  const parsed = configs.map(readConfig);
  const failures = new Map<string, string>();
  for (const config of parsed) {
    const of = failureOf(config);
    if (of) failures.set(of, config.id);
  }
  const functions = new Map<string, Registered>();
  const byEvent = new Map<string, Registered[]>();
  for (const config of parsed) {
    const fn = registered(config, failures.get(config.id));
    functions.set(fn.id, fn);
    if (failureOf(config)) continue;
    for (const trigger of config.triggers) {
      if (!('event' in trigger)) continue;
      if (trigger.expression !== undefined) throw new UnsupportedError(fn.id, 'a condition on its trigger');
      if (trigger.event.startsWith('inngest/') || trigger.event.includes('*'))
        throw new UnsupportedError(fn.id, `the trigger "${trigger.event}"`);
      byEvent.set(trigger.event, [...(byEvent.get(trigger.event) ?? []), fn]);
    }
  }
  const keyed = [...functions.values()].some((fn) => fn.concurrency.length > 0);
  return { functions, byEvent, ids: [...functions.keys()], keyed };
}

function readConfig(raw: unknown): Config {
  const parsed = configSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const id = typeof raw === 'object' && raw && 'id' in raw ? String(raw.id) : 'unknown';
  const issue = parsed.error.issues[0];
  const what = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
  throw new UnsupportedError(id, `"${what || 'an unknown setting'}"`);
}

function failureOf(config: Config): string | undefined {
  const [trigger] = config.triggers;
  if (!trigger || !('event' in trigger) || trigger.event !== FAILED) return undefined;
  return /^event\.data\.function_id == '([^']+)'$/.exec(trigger.expression ?? '')?.[1];
}

function registered(config: Config, failureId: string | undefined): Registered {
  const wanted =
    config.concurrency === undefined
      ? []
      : typeof config.concurrency === 'number'
        ? [{ limit: config.concurrency, key: undefined }]
        : [config.concurrency].flat();
  const read = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new UnsupportedError(config.id, error instanceof Error ? error.message : String(error));
    }
  };
  return {
    id: config.id,
    maxAttempts: (config.steps.step.retries?.attempts ?? DEFAULT_RETRIES) + 1,
    failureId,
    crons: config.triggers.flatMap((t) =>
      'cron' in t ? [{ text: t.cron, cron: read(() => parseCron(t.cron)) }] : [],
    ),
    // As in Inngest, a limit of 0 means none.
    concurrency: wanted
      .filter((c) => c.limit > 0)
      .map((c) => ({
        limit: c.limit,
        path: c.key === undefined ? undefined : read(() => parsePath(c.key ?? '')),
      })),
  };
}

/** Returns the concurrency slots of a run's calls and the limit of each, both as comma-separated text. */
export function slotsFor(fn: Registered, event: unknown): { slots: string; limits: string } {
  const slots = fn.concurrency.map((c, i) => {
    const value = c.path ? JSON.stringify(pick({ event }, c.path)) : '';
    return createHash('sha1').update(`${fn.id}\n${i}\n${value}`).digest('hex');
  });
  return { slots: slots.join(','), limits: fn.concurrency.map((c) => c.limit).join(',') };
}
