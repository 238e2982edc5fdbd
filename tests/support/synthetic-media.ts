import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { runRequest } from '@/server/connectors/host/request';
import { networkTransport } from '@/server/connectors/host/transport';
import type { RequestSpec } from '@/server/connectors/kit/connector';
import type { AddressedMedia, FileMedia, MediaWay, PostMedia } from '@/server/connectors/kit/post-media';
import type { MediaLimits } from '@/server/connectors/kit/types';
import { x } from '@/server/connectors/x';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import type { PlatformCall, Platforms } from '@/server/verbs/platforms';

export interface SyntheticPost {
  id: string;
  text: string;
  /** The media as it arrived, or as it was fetched. */
  media: { name: string; mime: string; bytes: Buffer; alt: string }[];
}
/** What happens to the next request. `before`: it is refused unread; `after`: the post is made and the answer is lost. */
export type SyntheticFault = 'before' | 'after' | 'breaks_off';

const LIMITS: Omit<MediaLimits, 'way'> = {
  pictures: { most: 4, bytes: 1_000_000, longestSide: 300, mimes: ['image/jpeg', 'image/png'] },
  gif: null,
  video: { bytes: 100_000_000, seconds: [0.1, 600], aspect: null },
  document: { bytes: 1_000_000, mimes: ['application/pdf'] },
  alt: { characters: 500, kinds: ['picture', 'video', 'document'] },
};

/**
 * A platform that takes media with the post or by address, on a port of its own. It has the id of a real one, so that accounts can
 * be connected to it.
 */
export class SyntheticMedia {
  readonly posts: SyntheticPost[] = [];
  readonly faults: SyntheticFault[] = [];
  requests = 0;
  uploads = 0;
  lookups: { media: number }[] = [];
  /** Reads an address that the platform was given. */
  fetch: (url: string) => Promise<Buffer> = async () => Buffer.alloc(0);
  #base = '';
  #close = () => {};

  constructor(readonly way: MediaWay) {}

  async open(): Promise<void> {
    const server = createServer((request, response) => {
      this.requests++;
      const fault = this.faults.shift();
      if (fault === 'before') {
        response.writeHead(503).end('{}');
        return;
      }
      if (fault === 'breaks_off') {
        request.once('data', () => request.socket.destroy());
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const id = await this.#take(request.headers['content-type'] ?? '', Buffer.concat(chunks));
        if (fault === 'after') request.socket.destroy();
        else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#close = () => {
      server.closeAllConnections();
      server.close();
    };
  }
  close(): void {
    this.#close();
  }

  async #take(type: string, body: Buffer): Promise<string> {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const media: SyntheticPost['media'] = [];
    for (let i = 0; form.has(`file${i}`) || form.has(`url${i}`); i++) {
      const file = form.get(`file${i}`);
      const alt = String(form.get(`alt${i}`));
      if (file instanceof File)
        media.push({ name: file.name, mime: file.type, bytes: Buffer.from(await file.arrayBuffer()), alt });
      else media.push({ name: '', mime: '', bytes: await this.fetch(String(form.get(`url${i}`))), alt });
    }
    const id = `post_${this.posts.length + 1}`;
    this.posts.push({ id, text: String(form.get('text')), media });
    return id;
  }

  readonly platforms: Platforms = {
    ...connectorPlatforms,
    traits: (platform) => {
      const traits = connectorPlatforms.traits(platform);
      return traits && { ...traits, mayUse: () => true, media: { ...LIMITS, way: this.way } };
    },
    call: (async (request: PlatformCall<'publish'> | PlatformCall<'lookup'> | PlatformCall<'upload'>) => {
      if (request.capability === 'publish') return this.#publish(request);
      if (request.capability === 'lookup') return this.#lookup(request);
      this.uploads++;
      throw new Error(`${request.capability} is not a capability of it`);
    }) as Platforms['call'],
  };

  async #publish({ input, beforeEffect, connectionId }: PlatformCall<'publish'>) {
    const parts: Record<string, string | number | FileMedia> = { text: input.text };
    for (const [i, one] of (input.media ?? []).entries()) {
      parts[`alt${i}`] = altOf(one);
      if ('open' in one) parts[`file${i}`] = one;
      else parts[`url${i}`] = (one as AddressedMedia).url;
    }
    const spec: RequestSpec = {
      operation: 'createPost',
      method: 'POST',
      path: '/posts',
      multipart: parts,
      effect: 'effect',
    };
    const { body } = await runRequest(
      {
        connector: x,
        base: this.#base,
        secrets: { accessToken: 'token', refreshToken: null },
        headers: {},
        transport: networkTransport,
        now: () => new Date(),
        connectionId,
        beforeEffect,
        onLimits: async () => {},
      },
      spec,
      z.object({ id: z.string() }),
    );
    return { remoteId: body.id, permalink: `https://example.test/${body.id}` };
  }

  async #lookup({ input }: PlatformCall<'lookup'>) {
    this.lookups.push({ media: input.media?.length ?? 0 });
    const post = this.posts.find((p) => p.text === input.text && !input.exclude.includes(p.id));
    return post
      ? { found: 'yes' as const, post: { remoteId: post.id, permalink: `https://example.test/${post.id}` } }
      : { found: 'absent' as const };
  }
}

const altOf = (one: PostMedia): string => ('alt' in one ? (one.alt ?? '') : '');
