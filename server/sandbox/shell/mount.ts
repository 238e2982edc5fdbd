import type { Hono } from 'hono';
import { operation, type SandboxEnv } from '../http';
import { appsPages } from '../oauth/apps';
import { consentDecision, consentPage } from '../oauth/consent';
import type { StandIn } from '../stand-in';
import type { World } from '../world';

/** Adds the routes of a stand-in: sign-in, then its operations. Its public pages come last (handler.ts), because they match more. */
export function mountStandIn(app: Hono<SandboxEnv>, world: World, standIn: StandIn): void {
  const { id, vendor, signIn, mount } = standIn;
  const base = `/${id}`;
  if (signIn) {
    const { paths, tokenMethods = ['POST'] } = signIn;
    const named = (name: string, work: Parameters<typeof operation>[3]) =>
      operation(world, vendor, name, work);
    app.get(`${base}${paths.authorize}`, named('authorize', consentPage(world, signIn)));
    app.post(`${base}${paths.authorize}`, consentDecision(world, signIn));
    app.on([...tokenMethods], `${base}${paths.token}`, named('token', signIn.token(world)));
    appsPages(app, world, id, `${base}${paths.apps}`);
  }
  mount?.(app, world);
}
