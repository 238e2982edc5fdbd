/**
 * The limits of an Inngest server, within which the functions run unchanged on it. Taken from the documentation
 * (https://www.inngest.com/docs/usage-limits/inngest and /docs/reference/functions/create) and, where it is silent, from the checks in the
 * server's code (github.com/inngest/inngest: pkg/consts/consts.go, pkg/inngest/function.go). Where plans differ, the smallest value is
 * given. Sizes are in bytes, times in milliseconds. Tests check every registered function against these limits.
 */
const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const DAY = 86_400 * SECOND;

export const INNGEST_LIMITS = {
  /** Functions per app, on the free plan. */
  functions: 100,
  stepsPerRun: 1000,
  /** Output of one step or of the function itself. */
  stepOutput: 4 * MIB,
  /** The event and the output of the steps and of the function, together. */
  runState: 32 * MIB,
  /** Each call of a function carries its event and the output of all its steps (MaxSDKRequestBodySize). */
  callBody: 4 * MIB,
  /** On the free plan. We hold a request with several events to it as a whole, which is the stricter of two readings. */
  event: 256 * KIB,
  eventName: 256,
  eventsPerRequest: 5000,
  /** On the free plan; a year on the others. */
  sleep: 7 * DAY,
  /** Maximum delay of a retry. A longer one is cut to this (MaxRetryDuration). */
  retryAfter: DAY,
  retries: 20,
  triggers: 10,
  /** Concurrency limits per function, each with a key of its own. */
  concurrencyKeys: 2,
  /** Maximum value of a concurrency limit, by plan. A self-hosted server has none. */
  concurrency: { free: 5, basic: 25, pro: 200 },
  cancellations: 5,
  debounce: { least: SECOND, most: 7 * DAY },
  /** Maximum size and timeout of a batch, on the free plan. */
  batch: { size: 5, timeout: 30 * SECOND },
  /** Maximum duration of one call, regardless of the host. */
  call: 2 * 3600 * SECOND,
} as const;
