import type { Hono } from 'hono';
import { feedPages } from '../cores/feed-pages';
import type { SandboxEnv } from '../http';
import { appsPages } from '../oauth/apps';
import { consentDecision, consentPage } from '../oauth/consent';
import { revocationEndpoint, tokenEndpoint } from '../oauth/endpoint';
import { nothing } from '../pages';
import type { StandIn } from '../stand-in';
import type { World } from '../world';
import { mountApi } from './api';
import { keyPages } from './keys';
import { operation } from './operation';
import { baseOf, openServers } from './servers';

/** Adds the routes of a stand-in: sign-in, keys, then its operations. */
export function mountStandIn(app: Hono<SandboxEnv>, world: World, standIn: StandIn): void {
  const { vendor, signIn, keys, apis = [], mount } = standIn;
  const base = baseOf(standIn);
  if (standIn.servers) openServers(app, world, standIn);
  if (signIn) {
    const { paths, tokenMethods = ['POST'] } = signIn;
    app.get(`${base}${paths.authorize}`, operation(world, vendor, 'authorize', consentPage(world, signIn)));
    app.post(`${base}${paths.authorize}`, consentDecision(world, signIn));
    const { rules, tokens, revocation } = signIn;
    const token = typeof tokens === 'function' ? tokens(world) : tokenEndpoint(world, rules, tokens);
    app.on([...tokenMethods], `${base}${paths.token}`, operation(world, vendor, 'token', token));
    if (revocation && typeof tokens !== 'function')
      app.post(
        `${base}${revocation.path}`,
        operation(world, vendor, revocation.operation, revocationEndpoint(world, tokens, revocation)),
      );
    appsPages(app, world, base, paths.apps);
  }
  if (keys) keyPages(app, world, base, keys);
  for (const api of apis) mountApi(app, world, standIn, base, api);
  mount?.(app, world);
}

/** Adds the public pages of a stand-in. They come after all other routes, because they match more. */
export function mountPages(app: Hono<SandboxEnv>, world: World, standIn: StandIn): void {
  for (const [pattern, pathOf] of Object.entries(standIn.aliases ?? {}))
    app.get(`${baseOf(standIn)}${pattern}`, async (c) => {
      const path = await pathOf(c.req.param() as Record<string, string>, world);
      return path === null
        ? nothing(world, c.get('realm'))
        : c.redirect(`${world.base}/${c.get('realm')}${path}`);
    });
  if (standIn.feed) feedPages(app, world, baseOf(standIn), standIn.feed);
  standIn.pages?.(app, world);
}
