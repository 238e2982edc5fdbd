import { Hono } from 'hono';
import { etsyRoutes } from './etsy/routes';
import { facebookRoutes } from './facebook/routes';
import { ConnectionDropped } from './faults';
import type { SandboxEnv } from './http';
import { json } from './http';
import { seedRaw } from './seed-accounts';
import { type SandboxDeps, World } from './world';
import { xRoutes } from './x/routes';

export interface SandboxHandler {
  (request: Request): Promise<Response>;
  readonly world: World;
}

/**
 * The whole sandbox as one function from a request to a response. Paths may carry the prefix of the public address or not.
 * It throws `ConnectionDropped` when a fault says that no answer comes.
 */
export function sandboxHandler(deps: SandboxDeps): SandboxHandler {
  const world = new World(deps);
  const app = new Hono<SandboxEnv>({
    getPath: (request) => {
      const { pathname } = new URL(request.url);
      const path = world.base && (pathname === world.base || pathname.startsWith(`${world.base}/`)) ? pathname.slice(world.base.length) : pathname;
      return path.length > 1 ? path.replace(/\/+$/, '') : path || '/';
    },
  });
  xRoutes(app, world);
  facebookRoutes(app, world);
  etsyRoutes(app, world);
  app.notFound((c) => json({ error: `There is nothing at ${c.req.path}.` }, 404));
  app.onError((error) => {
    throw error;
  });
  const handle = async (request: Request): Promise<Response> => {
    await seedRaw(world.db);
    return app.fetch(request);
  };
  return Object.assign(handle, { world });
}

export { ConnectionDropped };
