import { and, eq } from 'drizzle-orm';
import { randomToken, safeEqual, sha256 } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { type Ctx, str } from '../http';
import { apps } from '../schema';
import type { World } from '../world';

/** An app that may ask a platform's users for access. */
export interface AppClient {
  clientId: string;
  name: string;
  redirectUris: readonly string[];
  hasSecret: (secret: string) => boolean;
}

/**
 * Returns the app with this id, or null. Where people name a server, it is one that registered itself there; elsewhere the one app that an
 * operator would have registered.
 */
export async function findApp(world: World, realm: string, clientId: string): Promise<AppClient | null> {
  const standIn = world.standIn(realm);
  if (!standIn) return null;
  if (!standIn.servers) {
    const client = sandboxClient(standIn.id);
    if (client.clientId !== clientId) return null;
    return {
      clientId,
      name: 'Tributary',
      redirectUris: [world.redirectUri(standIn.id)],
      hasSecret: (secret) => safeEqual(secret, client.clientSecret),
    };
  }
  const [row] = await world.db
    .select()
    .from(apps)
    .where(and(eq(apps.platform, realm), eq(apps.clientId, clientId)));
  return row
    ? {
        clientId,
        name: row.name,
        redirectUris: row.redirectUris,
        hasSecret: (s) => safeEqual(sha256(s), row.secretHash),
      }
    : null;
}

/** Registers an app at a server. Returns its id and secret. */
export async function registerApp(
  world: World,
  c: Ctx,
  o: { name: string; redirectUris: readonly string[]; scopes: string },
): Promise<{ clientId: string; clientSecret: string }> {
  const [clientId, clientSecret] = [randomToken(32), randomToken(32)];
  await world.db.insert(apps).values({
    clientId,
    platform: c.get('realm'),
    secretHash: sha256(clientSecret),
    name: o.name,
    redirectUris: [...o.redirectUris],
    scopes: o.scopes,
    createdAt: c.get('now'),
  });
  return { clientId, clientSecret };
}

/** How an app proves who it is: its secret in a Basic header (RFC 6749, 2.3.1) or in the form, or only its id. */
export type Proof = 'basic' | 'form' | 'id';

/** Returns the app that sends a request, or null if it does not prove in one of these ways to be one. */
export async function provenApp(
  world: World,
  c: Ctx,
  form: Record<string, unknown>,
  proofs: readonly Proof[],
): Promise<AppClient | null> {
  for (const proof of proofs) {
    const given = proof === 'basic' ? basicOf(c) : [str(form.client_id) ?? '', str(form.client_secret) ?? ''];
    const [clientId = '', secret = ''] = given ?? [];
    const app = clientId ? await findApp(world, c.get('realm'), clientId) : null;
    if (app && (proof === 'id' || app.hasSecret(secret))) return app;
  }
  return null;
}

function basicOf(c: Ctx): [string, string] | null {
  const header = c.req.header('authorization') ?? '';
  if (!/^basic /i.test(header)) return null;
  const decoded = Buffer.from(header.slice(6), 'base64').toString('utf8');
  const at = decoded.indexOf(':');
  if (at < 0) return null;
  try {
    return [decodeURIComponent(decoded.slice(0, at)), decodeURIComponent(decoded.slice(at + 1))];
  } catch {
    return null;
  }
}
