import type { Hono } from 'hono';
import { ConnectionDropped } from '../faults';
import type { SandboxEnv } from '../http';
import { seedOf } from '../random';
import { seedRealm } from '../seed-accounts';
import type { StandIn } from '../stand-in';
import type { World } from '../world';

/** A host and perhaps a port, as a part of a path. */
const HOST = ':host{[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?::[0-9]+)?}';

/** Returns the path of a stand-in below the sandbox: `/<id>`, or the pattern `/<id>/<host>` where people name a server. */
export const baseOf = ({ id, servers }: Pick<StandIn, 'id' | 'servers'>): string =>
  servers ? `/${id}/${HOST}` : `/${id}`;

/** Returns the realm that a path belongs to: the stand-in's id, with the host where people name a server. */
export function realmOf(world: World, path: string): string {
  const [, id = '', host = ''] = path.split('/');
  return world.standIn(id)?.servers && host.includes('.') ? `${id}/${host}` : id;
}

/** Returns the host of a realm. */
export const hostOf = (realm: string): string => realm.split('/')[1] ?? '';

/** Returns a number that no other server uses, for the ids of a server's seed accounts. */
export const idAt = (host: string, n: number): string =>
  String(100_000_000_000_000_000n + BigInt(seedOf(host, n)));

/** Opens each server on its first request. A host that ends in `.invalid` cannot be reached (RFC 6761). */
export function openServers(app: Hono<SandboxEnv>, world: World, standIn: StandIn): void {
  app.use(`${baseOf(standIn)}/*`, async (c, next) => {
    const realm = c.get('realm');
    if (/\.invalid(:\d+)?$/.test(realm)) throw new ConnectionDropped();
    await seedRealm(world, standIn, realm);
    await next();
  });
}
