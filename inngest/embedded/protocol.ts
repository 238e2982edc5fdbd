import { createHmac } from 'node:crypto';
import { safeMessage } from '@/server/foundation/error-text';

export type Handler = (request: Request) => Promise<Response>;

export interface Call {
  functionId: string;
  /** The step to run. Null calls the function to discover its next steps. */
  stepId: string | null;
  runId: string;
  event: unknown;
  steps: Record<string, unknown>;
  stack: string[];
  attempt: number;
  maxAttempts: number;
  planned: boolean;
}

export interface Op {
  id: string;
  op: string;
  name?: string | null;
  displayName?: string;
  opts?: { timeout?: string; if?: string; parallelMode?: string; [key: string]: unknown } | null;
  data?: unknown;
  error?: unknown;
}

export type StepResponse =
  | { kind: 'done'; output: unknown }
  | { kind: 'ops'; ops: Op[]; noRetry: boolean; retryAfter: string | null }
  | { kind: 'error'; error: unknown; noRetry: boolean; retryAfter: string | null };

const HOST = 'embedded.invalid';
const ORIGIN = `http://${HOST}/api/inngest`;

/** JSON with sorted keys (RFC 8785), which is what the SDK signs and verifies. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonical(v === undefined ? null : v)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Header proving that a request comes from a holder of the key: `t=<seconds>&s=<HMAC-SHA-256>`. */
export function sign(body: string, signingKey: string, atMs = Date.now()): string {
  const seconds = Math.round(atMs / 1000).toString();
  const key = signingKey.replace(/^signkey-\w+-/, '');
  return `t=${seconds}&s=${createHmac('sha256', key).update(body).update(seconds).digest('hex')}`;
}

/** Requests the list of functions from the app (in-band sync). */
export async function sync(handler: Handler, signingKey: string): Promise<unknown[]> {
  const body = canonical({ url: ORIGIN });
  const response = await handler(
    new Request(ORIGIN, {
      method: 'PUT',
      body,
      headers: {
        host: HOST,
        'content-type': 'application/json',
        'x-inngest-sync-kind': 'in_band',
        'x-inngest-signature': sign(body, signingKey),
      },
    }),
  );
  const answer = (await response.json()) as { functions?: unknown[] };
  if (response.status !== 200 || !Array.isArray(answer.functions))
    throw new Error(`The app’s functions could not be synced (status ${response.status})`);
  return answer.functions;
}

/** Calls a function once, signed, and parses the response. Never throws. */
export async function call(handler: Handler, signingKey: string, wanted: Call): Promise<StepResponse> {
  const body = canonical({
    version: 2,
    event: wanted.event,
    events: [wanted.event],
    steps: wanted.steps,
    // `fn_id` is omitted on purpose: without it the SDK responds directly instead of checkpointing over the network.
    ctx: {
      run_id: wanted.runId,
      attempt: wanted.attempt,
      max_attempts: wanted.maxAttempts,
      disable_immediate_execution: wanted.planned,
      use_api: false,
      stack: { stack: wanted.stack, current: wanted.stack.length },
    },
  });
  const query = new URLSearchParams({ fnId: wanted.functionId, stepId: wanted.stepId ?? 'step' });
  try {
    const response = await handler(
      new Request(`${ORIGIN}?${query}`, {
        method: 'POST',
        body,
        headers: {
          host: HOST,
          'content-type': 'application/json',
          'x-inngest-signature': sign(body, signingKey),
        },
      }),
    );
    return readAnswer(response.status, response.headers, await response.text());
  } catch (error) {
    return { kind: 'error', error: plainError(error), noRetry: false, retryAfter: null };
  }
}

function readAnswer(status: number, headers: Headers, text: string): StepResponse {
  let body: unknown;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    body = { name: 'Error', message: `The app answered ${status} without JSON` };
  }
  const noRetry = headers.get('x-inngest-no-retry') === 'true';
  const retryAfter = headers.get('retry-after');
  if (status === 200) return { kind: 'done', output: body };
  if (status === 206) return { kind: 'ops', ops: [body].flat() as Op[], noRetry, retryAfter };
  return { kind: 'error', error: body, noRetry, retryAfter };
}

export function plainError(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: safeMessage(error) }
    : { name: 'Error', message: safeMessage(error) };
}
