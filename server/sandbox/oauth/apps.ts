import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Hono } from 'hono';
import { bodyFields, type Ctx, type SandboxEnv, sameOrigin, str } from '../http';
import { html, page, problemPage } from '../pages';
import { accounts, grants } from '../schema';
import type { World } from '../world';

/** Adds the page on which a user sees and revokes Tributary's access, like the platform's own settings page. */
export function appsPages(app: Hono<SandboxEnv>, world: World, base: string, apps: string): void {
  const path = `${base}${apps}`;
  app.get(path, async (c: Ctx) => {
    const platform = c.get('realm');
    const people = await world.db
      .selectDistinct({ id: accounts.id, name: accounts.name, handle: accounts.handle })
      .from(grants)
      .innerJoin(accounts, eq(accounts.id, grants.accountId))
      .where(and(eq(grants.platform, platform), isNull(grants.revokedAt)))
      .orderBy(asc(accounts.name));
    return page(
      world,
      { title: 'Apps that you allowed', platform },
      people.length === 0
        ? html`<p class="note">Nobody has allowed an app to use their ${world.nameOf(platform)} account.</p>`
        : html`<ul>${people.map(
            (person) => html`<li><form method="post" action="${world.base}/${platform}${apps}">
<p><strong>Tributary</strong> may use the account of ${person.name} (${person.handle}).</p>
<button class="plain" name="account" value="${person.id}">Remove access for ${person.name}</button></form></li>`,
          )}</ul>`,
    );
  });
  app.post(path, async (c: Ctx) => {
    const platform = c.get('realm');
    if (!sameOrigin(c, world))
      return problemPage(world, {
        title: 'This form came from elsewhere',
        text: 'Open the page again and decide there.',
        status: 403,
        platform,
      });
    const accountId = str((await bodyFields(c)).account);
    if (accountId) await world.tokens.revoke(world.db, { platform, accountId }, world.clock.now());
    return Response.redirect(`${world.publicUrl}/${platform}${apps}`, 303);
  });
}
