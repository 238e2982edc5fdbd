import { like } from 'drizzle-orm';
import { z } from 'zod';
import type { Act } from '../control/act';
import { select } from '../control/fields';
import { html, type Markup } from '../pages';
import { accounts } from '../schema';
import type { World } from '../world';
import { LIMIT_NAMES } from './instance';
import { mastodonServers } from './tables';

/** Renders the form with which an administrator changes how long posts may be on a server. */
export async function mastodonSection(world: World, action: (path: string) => string): Promise<Markup> {
  const rows = await world.db
    .selectDistinct({ realm: accounts.platform })
    .from(accounts)
    .where(like(accounts.platform, 'mastodon/%'));
  const hosts = rows.map(({ realm }) => realm.slice('mastodon/'.length)).sort();
  return html`<h2>Mastodon</h2>
<form method="post" action="${action('/mastodon/limits')}"><div class="row">${select(
    'm-server',
    'server',
    'Server',
    hosts.map((host) => [host, host] as const),
  )}
<div><label for="m-length">Maximum length of a post</label><input id="m-length" name="max_characters" type="number" min="1" value="500"></div><button class="plain">Change</button></div></form>`;
}

const values = z.partialRecord(z.enum(LIMIT_NAMES), z.unknown());

/** `limits` are what the server keeps to and reports; `reported` is what it only says. Without either, it is as delivered again. */
export function mastodonActions(act: Act, world: World): void {
  act(
    'POST',
    '/mastodon/limits',
    z.object({
      server: z.string().min(1),
      limits: values.default({}),
      reported: values.default({}),
      max_characters: z.coerce.number().optional(),
    }),
    async ({ server, limits, reported, max_characters }) => {
      const row = {
        limits: { ...limits, ...(max_characters === undefined ? {} : { max_characters }) },
        reported: { ...reported },
      };
      await world.db
        .insert(mastodonServers)
        .values({ realm: `mastodon/${server}`, ...row })
        .onConflictDoUpdate({ target: mastodonServers.realm, set: row });
      return {};
    },
  );
}
