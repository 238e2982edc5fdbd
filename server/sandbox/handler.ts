import { Hono } from 'hono';
import { log } from '@/server/foundation/log';
import { controlRoutes } from './control/routes';
import { etsyRoutes } from './etsy/routes';
import { facebookRoutes } from './facebook/routes';
import { json, type SandboxEnv, wantsHtml } from './http';
import { PLATFORM_NAMES } from './pages';
import { nothing, publicPages } from './people-pages';
import { ensureSeedAccounts } from './seed-accounts';
import { renewDue } from './stripe/billing';
import { deliverDue } from './stripe/delivery';
import { stripePages } from './stripe/pages';
import { stripeRoutes } from './stripe/routes';
import { type SandboxDeps, World } from './world';
import { xRoutes } from './x/routes';

export interface SandboxHandler {
  (request: Request): Promise<Response>;
  readonly world: World;
  /** Waits for the webhooks that are being sent in the background. */
  settle(): Promise<void>;
  /** Renews subscriptions that are due and sends pending webhooks. */
  sweep(): Promise<void>;
}

/** Returns the platform that a path belongs to. */
const platformOf = (path: string): string | undefined =>
  Object.keys(PLATFORM_NAMES).find((name) => path.startsWith(`/${name}/`));

/**
 * Creates the whole sandbox as one function from a request to a response. Paths may include the prefix of the public URL or omit it. Throws
 * `ConnectionDropped` if a fault prevents the response.
 */
export function sandboxHandler(deps: SandboxDeps): SandboxHandler {
  const world = new World(deps);
  const { base } = world;
  const app = new Hono<SandboxEnv>({
    getPath: (request) => {
      const { pathname } = new URL(request.url);
      const inside = base !== '' && (pathname === base || pathname.startsWith(`${base}/`));
      const path = inside ? pathname.slice(base.length) : pathname;
      return path.replace(/\/+$/, '') || '/';
    },
  });
  let running: Promise<unknown> | undefined;
  let again = false;
  // One delivery at a time, so that events are sent in the order of their creation.
  const deliver = (): void => {
    again = true;
    running ??= (async () => {
      while (again) {
        again = false;
        await deliverDue(world);
      }
    })()
      .catch((error) => log().warn({ err: error }, 'sandbox webhooks were not sent'))
      .finally(() => {
        running = undefined;
      });
  };
  app.use('*', async (c, next) => {
    c.set('now', world.clock.now());
    await next();
  });
  xRoutes(app, world);
  facebookRoutes(app, world);
  etsyRoutes(app, world);
  stripeRoutes(app, world, deliver);
  stripePages(app, world, deliver);
  controlRoutes(app, world, deliver);
  publicPages(app, world);
  app.notFound((c) => {
    if (wantsHtml(c)) return nothing(world, platformOf(c.req.path));
    return json({ error: `There is nothing at ${c.req.path}.` }, 404);
  });
  app.onError((error) => {
    throw error;
  });
  let ready: Promise<void> | undefined;
  const handle = async (request: Request): Promise<Response> => {
    await ensureSeedAccounts(world.db);
    ready ??= world.loadLimits();
    await ready;
    return app.fetch(request);
  };
  const settle = async (): Promise<void> => {
    while (running) await running;
  };
  const sweep = async (): Promise<void> => {
    await renewDue(world);
    deliver();
    await settle();
  };
  return Object.assign(handle, { world, settle, sweep });
}

/** Sweeps every few seconds until the process ends or the returned function is called. */
export function keepSweeping(handler: SandboxHandler, everyMs = 5_000): () => void {
  const timer = setInterval(() => {
    handler.sweep().catch((error) => log().warn({ err: error }, 'the sandbox sweep failed'));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
