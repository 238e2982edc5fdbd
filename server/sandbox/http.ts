import type { Context } from 'hono';
import type { FaultKind } from './faults';
import type { Bearer } from './oauth/tokens';
import type { World } from './world';

/** State of one request in the sandbox. */
export interface SandboxEnv {
  Variables: {
    /** The platform's current time, which a fault may have shifted. */
    now: Date;
    /** The stand-in's id, with the host where people name a server: the first part of the path. */
    realm: string;
    bearer: Bearer;
    nonce: string;
    /** Kinds of the faults that affect this call, for those that only the operation itself can simulate. */
    struck: readonly FaultKind[];
  };
}
export type Ctx = Context<SandboxEnv, string>;

/** A vendor's error response, thrown from any depth of an operation. */
export class Refusal extends Error {
  constructor(readonly response: Response) {
    super('refused');
  }
}

/** Creates a JSON response. `headers` may replace the content type. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** Returns the fields of a JSON or form body. Any other body is empty. */
export async function bodyFields(c: Ctx): Promise<Record<string, unknown>> {
  const type = c.req.header('content-type') ?? '';
  const text = await c.req.text();
  if (type.includes('json')) {
    try {
      const value: unknown = JSON.parse(text);
      return value && typeof value === 'object' && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {};
    } catch {
      return {};
    }
  }
  const fields: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const name = key.replace(/\[\d*\]$/, '');
    const before = fields[name];
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) fields[name] = [before, value];
    else fields[name] = name === key ? value : [value];
  }
  return fields;
}

/** Whether a browser requests a page. */
export const wantsHtml = (c: Ctx): boolean =>
  c.req.method === 'GET' && (c.req.header('accept') ?? '').includes('text/html');

/** Whether a form comes from the sandbox's own pages. Clients that are not browsers pass as well. */
export function sameOrigin(c: Ctx, world: World): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site && site !== 'same-origin' && site !== 'none') return false;
  const origin = c.req.header('origin');
  if (!origin) return true;
  if (origin === new URL(world.publicUrl).origin) return true;
  try {
    return new URL(origin).host === c.req.header('host');
  } catch {
    return false;
  }
}

export const str = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const unix = (at: Date): number => Math.floor(at.getTime() / 1000);
