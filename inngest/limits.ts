/**
 * What an Inngest server takes of an app, so that the functions run unchanged on it. From the documentation
 * (https://www.inngest.com/docs/usage-limits/inngest and /docs/reference/functions/create) and, where it is silent, from what the
 * server checks by itself (github.com/inngest/inngest: pkg/consts/consts.go, pkg/inngest/function.go). Where plans differ, the
 * smallest stands here. Sizes in bytes, times in milliseconds. Tests hold every registered function against it.
 */
const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const DAY = 86_400 * SECOND;

export const INNGEST_LIMITS = {
  /** Functions of one app, on the free plan. */
  functions: 100,
  stepsPerRun: 1000,
  /** What one step, or the function itself, gives back. */
  stepOutput: 4 * MIB,
  /** The event, what the steps and the function gave back, together. */
  runState: 32 * MIB,
  /** One call of a function carries its event and all that its steps gave back (MaxSDKRequestBodySize). */
  callBody: 4 * MIB,
  /** The free plan's. A request with several events is held to it as a whole, the stricter of two readings. */
  event: 256 * KIB,
  eventName: 256,
  eventsPerRequest: 5000,
  /** The free plan's; a year on the others. */
  sleep: 7 * DAY,
  /** A retry that is asked for later comes then (MaxRetryDuration). */
  retryAfter: DAY,
  retries: 20,
  triggers: 10,
  /** Limits of concurrency on one function, each with a key of its own. */
  concurrencyKeys: 2,
  /** Of a limit's value: the free, the basic and the pro plan's. A self-hosted server has none. */
  concurrency: { free: 5, basic: 25, pro: 200 },
  cancellations: 5,
  debounce: { least: SECOND, most: 7 * DAY },
  /** Events and wait of a batch, on the free plan. */
  batch: { size: 5, timeout: 30 * SECOND },
  /** One call, wherever it is hosted. */
  call: 2 * 3600 * SECOND,
} as const;
