import { and, asc, eq } from 'drizzle-orm';
import type { Hono } from 'hono';
import { randomToken } from '@/server/foundation/crypto';
import { bodyFields, type Ctx, type SandboxEnv, sameOrigin, str } from '../http';
import { html, page, problemPage } from '../pages';
import { accounts } from '../schema';
import type { Account } from '../stand-in';
import type { World } from '../world';

/** Secrets that a person makes on the platform and pastes elsewhere: a bot's token, an app password, an API key. */
export interface Keys {
  /** What the platform calls one, such as `bot token`. */
  noun: string;
  /** Path of the page on which people make one, below the stand-in. */
  path: string;
  /** Which accounts can have one. */
  kind: Account['kind'];
  scopes?: readonly string[];
  /** Returns a new secret in the platform's format. */
  make?: (account: Account, random: string) => string;
}

/** Makes a key for an account. It works until the account's access ends. */
export async function makeKey(world: World, keys: Keys, account: Account): Promise<string> {
  const scopes = (keys.scopes ?? []).join(' ');
  const random = randomToken(32);
  const token = keys.make?.(account, random) ?? random;
  await world.db.transaction(async (tx) => {
    const grantId = await world.tokens.grant(tx, {
      platform: account.platform,
      accountId: account.id,
      clientId: 'by-hand',
      scopes,
      now: world.clock.now(),
    });
    await world.tokens.issue(tx, {
      grantId,
      accountId: account.id,
      scopes,
      kind: 'access',
      expiresAt: null,
      token,
    });
  });
  return token;
}

/** Adds the page on which people make a key, and end what uses the earlier ones. */
export function keyPages(app: Hono<SandboxEnv>, world: World, base: string, keys: Keys): void {
  const path = `${base}${keys.path}`;
  const here = (c: Ctx) => `${world.base}/${c.get('realm')}${keys.path}`;
  app.get(path, async (c) => {
    const people = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, c.get('realm')), eq(accounts.kind, keys.kind)))
      .orderBy(asc(accounts.name));
    return page(
      world,
      { title: `Make a new ${keys.noun}`, platform: c.get('realm') },
      html`<ul class="plain">${people.map(
        (
          person,
        ) => html`<li class="card"><form method="post" action="${here(c)}"><input type="hidden" name="account" value="${person.id}">
<p><strong>${person.name}</strong> <span class="muted">${person.handle}</span></p>
<div class="actions"><button aria-label="Make a ${keys.noun} for ${person.name}">Make</button><button class="plain" name="end" value="true" aria-label="End every ${keys.noun} of ${person.name}">End all</button></div></form></li>`,
      )}</ul>`,
    );
  });
  app.post(path, async (c) => {
    const platform = c.get('realm');
    const no = (text: string, status: number) =>
      problemPage(world, { title: `There is no new ${keys.noun}`, text, status, platform, back: here(c) });
    if (!sameOrigin(c, world)) return no('This form came from elsewhere. Open the page again.', 403);
    const form = await bodyFields(c);
    const [account] = await world.db
      .select()
      .from(accounts)
      .where(
        and(
          eq(accounts.platform, platform),
          eq(accounts.kind, keys.kind),
          eq(accounts.id, str(form.account) ?? ''),
        ),
      );
    if (!account) return no('This account does not exist.', 400);
    if (form.end) {
      await world.tokens.revoke(world.db, { platform, accountId: account.id }, world.clock.now());
      return Response.redirect(`${world.publicUrl}/${platform}${keys.path}`, 303);
    }
    const key = await makeKey(world, keys, account);
    return page(
      world,
      { title: `The ${keys.noun} of ${account.name}`, platform },
      html`<p>Copy it now. It is not shown again.</p><p class="card"><code>${key}</code></p><p><a href="${here(c)}">Go back</a></p>`,
    );
  });
}
