import { Hono } from 'hono';
import { log } from '@/server/foundation/log';
import { controlRoutes } from './control/routes';
import { ensureSandboxTables } from './create-tables';
import { standIns as all } from './generated/stand-ins';
import { json, type SandboxEnv, wantsHtml } from './http';
import { nothing } from './pages';
import { frontPages } from './people-pages';
import { ensureSeedAccounts } from './seed-accounts';
import { mountPages, mountStandIn } from './shell/mount';
import { realmOf } from './shell/servers';
import type { StandIn } from './stand-in';
import { type SandboxDeps, World } from './world';

export interface SandboxHandler {
  (request: Request): Promise<Response>;
  readonly world: World;
  /** Waits for what is being done in the background, such as sending webhooks. */
  settle(): Promise<void>;
  /** Does what happens by itself with time, and what changes left for later. */
  sweep(): Promise<void>;
}

/**
 * Creates the whole sandbox, of all stand-ins or these, as one function from a request to a response. Paths may include the prefix of the public URL or omit it. Throws
 * `ConnectionDropped` if a fault prevents the response.
 */
export function sandboxHandler(deps: SandboxDeps, standIns: readonly StandIn[] = all): SandboxHandler {
  const world = new World(deps, standIns);
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
  // One at a time, so that webhooks are sent in the order of their creation.
  world.later = () => {
    again = true;
    running ??= (async () => {
      while (again) {
        again = false;
        for (const standIn of world.standIns) await standIn.later?.(world);
      }
    })()
      .catch((error) => log().warn({ err: error }, 'the sandbox did not do what a change left for later'))
      .finally(() => {
        running = undefined;
      });
  };
  app.use('*', async (c, next) => {
    c.set('now', world.clock.now());
    c.set('realm', realmOf(world, c.req.path));
    await next();
  });
  for (const standIn of world.standIns) mountStandIn(app, world, standIn);
  controlRoutes(app, world);
  frontPages(app, world);
  for (const standIn of world.standIns) mountPages(app, world, standIn);
  app.notFound((c) => {
    if (wantsHtml(c)) return nothing(world, c.get('realm'));
    return json({ error: `There is nothing at ${c.req.path}.` }, 404);
  });
  app.onError((error) => {
    throw error;
  });
  let ready: Promise<void> | undefined;
  const prepare = async (): Promise<void> => {
    await ensureSandboxTables(world.db);
    await ensureSeedAccounts(world.db, world.standIns);
    ready ??= world.loadLimits();
    await ready;
  };
  const handle = async (request: Request): Promise<Response> => {
    await prepare();
    return app.fetch(request);
  };
  const settle = async (): Promise<void> => {
    while (running) await running;
  };
  const sweep = async (): Promise<void> => {
    await prepare();
    for (const standIn of world.standIns) await standIn.sweep?.(world);
    world.later();
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
