import { eq } from 'drizzle-orm';
import { type Ctx, json } from '../http';
import { MB } from '../shell/media';
import { hostOf } from '../shell/servers';
import type { World } from '../world';
import { refuse } from './errors';
import { shape, siteOf } from './shapes';
import { mastodonServers } from './tables';

/** The switch for servers before 4.0, which neither describe themselves in this format nor list posts by their ids. */
export const OLDER = 'mastodonOlder';

/** Mastodon's limits as it is delivered. */
const USUAL = {
  max_characters: 500,
  max_media_attachments: 4,
  characters_reserved_per_url: 23,
  description_limit: 1500,
  image_size_limit: 16 * MB,
  image_matrix_limit: 33_177_600,
  video_size_limit: 99 * MB,
  video_matrix_limit: 8_294_400,
  video_frame_rate_limit: 120,
  supported_mime_types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4', 'video/webm'],
  max_options: 4,
  max_characters_per_option: 50,
  min_expiration: 300,
  max_expiration: 2_629_746,
};
export type Limits = typeof USUAL;
export const LIMIT_NAMES = Object.keys(USUAL) as (keyof Limits)[];

const rowOf = async (world: World, realm: string) =>
  (await world.db.select().from(mastodonServers).where(eq(mastodonServers.realm, realm)))[0];

/** Returns the limits that a server keeps to. */
export const limitsOf = async (world: World, c: Ctx): Promise<Limits> => ({
  ...USUAL,
  ...((await rowOf(world, c.get('realm')))?.limits as Partial<Limits> | undefined),
});

/** Describes the server, with its limits. Servers before 4.0 do not have this operation. */
export async function getInstanceV2(world: World, c: Ctx): Promise<Response> {
  if (await world.settings.isOn(OLDER)) return refuse(404, 'Not Found');
  const row = await rowOf(world, c.get('realm'));
  const says = { ...USUAL, ...row?.limits, ...row?.reported } as Record<keyof Limits, unknown>;
  const pick = (...names: (keyof Limits)[]) => Object.fromEntries(names.map((name) => [name, says[name]]));
  const site = siteOf(world, c);
  const host = hostOf(c.get('realm'));
  const { configuration, ...shown } = shape('Instance', {
    domain: host,
    title: 'Mastodon',
    version: '4.4.2',
    source_url: 'https://github.com/mastodon/mastodon',
    description: 'A stand-in for a server',
    usage: { users: { active_month: 3 } },
    thumbnail: { url: `${site}/thumbnail.png` },
    languages: ['en'],
    configuration: {
      urls: { streaming: site, about: `${site}/about` },
      accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
    },
    registrations: { enabled: true },
    api_versions: { mastodon: 6 },
    contact: { email: `admin@${host}` },
  });
  return json({
    ...shown,
    // A server may report anything as its limits.
    configuration: {
      ...(configuration as object),
      statuses: pick('max_characters', 'max_media_attachments', 'characters_reserved_per_url'),
      media_attachments: pick(
        'description_limit',
        'image_matrix_limit',
        'image_size_limit',
        'supported_mime_types',
        'video_frame_rate_limit',
        'video_matrix_limit',
        'video_size_limit',
      ),
      polls: pick('max_options', 'max_characters_per_option', 'min_expiration', 'max_expiration'),
    },
  });
}
