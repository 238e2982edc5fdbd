import { confirm, receive } from '@/app/api/webhooks/[platform]/[receiver]/respond';
import type { Services } from '@/server/verbs/context';

/**
 * For tests: what the stand-ins reach at the app's address, which is only its route for webhooks. Everything else is not found. `deps` is
 * asked for each request.
 */
export const webhookRoute =
  (deps: () => Services): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    const [, platform, receiver] = /^\/api\/webhooks\/([^/]+)\/([^/]+)$/.exec(pathname) ?? [];
    if (!platform || !receiver) return new Response('Not found', { status: 404 });
    const respond = request.method === 'GET' ? confirm : receive;
    return respond(deps(), request, { platform, receiver });
  };
