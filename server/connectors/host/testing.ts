import type { Connector, ConnectorIo, RequestSpec } from '../kit/connector';
import type { RemoteAccount, UploadInput } from '../kit/types';
import { runRequest } from './request';
import { collectBody } from './transport';

/** A platform's response: a status and body, or an error if none arrives. */
export type Reply = { status: number; body: unknown; headers?: Record<string, string> } | Error;
export const ok = (body: unknown): Reply => ({ status: 200, body });
export const lost = (): Reply => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

export interface Asked {
  spec: RequestSpec;
  url: string;
  fields: Record<string, FormDataEntryValue>;
}

const BASE = 'http://api.test';
export const UPLOADS = 'http://uploads.test';
export const NOW = new Date('2026-03-02T10:00:00Z');

/**
 * Creates a connector's `io` whose responses come from `replies`, in order or from a function, and are read by the host's own code.
 * Requests are recorded in `asked`.
 */
export function scripted(
  connector: Connector,
  replies: Reply[] | ((asked: Asked) => Reply),
  account: Omit<RemoteAccount, 'server'> & Partial<RemoteAccount> = {
    remoteId: '77',
    remote: { username: 'mira' },
  },
): { io: ConnectorIo; asked: Asked[] } {
  const asked: Asked[] = [];
  const io: ConnectorIo = {
    account: { server: null, ...account },
    environment: 'sandbox',
    web: 'http://web.test',
    now: () => NOW,
    request: (spec, schema) =>
      runRequest(
        {
          connector,
          base: BASE,
          uploads: UPLOADS,
          secrets: { accessToken: 'token', refreshToken: null },
          headers: {},
          now: () => NOW,
          connectionId: 'con_1',
          onLimits: async () => {},
          async transport(wire) {
            wire.onSent();
            const type = wire.headers['content-type'] ?? '';
            const form = type.startsWith('multipart/')
              ? await new Response((await collectBody(wire.body ?? '')) as BodyInit, {
                  headers: { 'content-type': type },
                }).formData()
              : [];
            const one: Asked = { spec, url: wire.url, fields: Object.fromEntries(form) };
            asked.push(one);
            const reply = typeof replies === 'function' ? replies(one) : replies.shift();
            if (!reply) throw new Error(`No scripted reply for ${spec.operation}`);
            if (reply instanceof Error) throw reply;
            const { status, body, headers = {} } = reply;
            return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
          },
        },
        spec,
        schema,
      ),
  };
  return { io, asked };
}

/** Returns the result of a call, or the error it throws. */
export async function outcome(step: Promise<unknown>): Promise<unknown> {
  try {
    return await step;
  } catch (error) {
    return error;
  }
}

/** Creates a file of the given size in which each byte encodes its offset. */
export function fileOf(
  bytes: number,
  more: Partial<UploadInput> & Pick<UploadInput, 'kind' | 'mime'>,
): UploadInput {
  return {
    name: 'file',
    bytes,
    alt: '',
    progress: null,
    read: async (offset, length) =>
      Buffer.alloc(
        length,
        Uint8Array.from({ length: 251 }, (_, i) => (offset + i) % 251),
      ),
    ...more,
  };
}
