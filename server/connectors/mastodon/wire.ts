import { z } from 'zod';
import { op } from '../kit/op';
import { remoteId, tally, wire } from '../kit/wire';

const app = wire({ client_id: z.string().min(1).max(500), client_secret: z.string().min(1).max(500) });
export const createApp = op('createApp', 'POST', '/api/v1/apps', 'idempotent', app);

const account = wire({
  id: remoteId,
  username: z.string().min(1).max(200),
  display_name: z.string().max(1000).catch(''),
});
export const getMe = op(
  'getAccountsVerifyCredentials',
  'GET',
  '/api/v1/accounts/verify_credentials',
  'read',
  account,
);

const number = z.number().optional().catch(undefined);
const configuration = wire({
  statuses: wire({
    max_characters: number,
    max_media_attachments: number,
    characters_reserved_per_url: number,
  })
    .optional()
    .catch(undefined),
  media_attachments: wire({
    supported_mime_types: z.array(z.string()).optional().catch(undefined),
    description_limit: number,
    image_size_limit: number,
    image_matrix_limit: number,
    video_size_limit: number,
    video_matrix_limit: number,
  })
    .optional()
    .catch(undefined),
  polls: wire({
    max_options: number,
    max_characters_per_option: number,
    min_expiration: number,
    max_expiration: number,
  })
    .optional()
    .catch(undefined),
});
export type Configuration = z.output<typeof configuration>;
export const getInstance = op('getInstanceV2', 'GET', '/api/v2/instance', 'read', wire({ configuration }));

const address = z.string().max(2000).nullish().catch(null);
/** A post as the server made it. */
const made = wire({ id: remoteId, url: address });
export type Made = z.output<typeof made>;
export const createStatus = op('createStatus', 'POST', '/api/v1/statuses', 'effect', made);
const reblogged = made.extend({ reblog: made });
export const reblog = op('postStatusReblog', 'POST', '/api/v1/statuses/{id}/reblog', 'idempotent', reblogged);
const removed = wire({ id: remoteId });
export const deleteStatus = op('deleteStatus', 'DELETE', '/api/v1/statuses/{id}', 'idempotent', removed);

const status = made.extend({
  created_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  /** HTML. */
  content: z.string(),
  spoiler_text: z.string().nullish(),
  in_reply_to_id: remoteId.nullish(),
  reblog: z.unknown().optional(),
  media_attachments: z.array(wire({ id: remoteId })),
});
export type Status = z.output<typeof status>;
export const getAccountStatuses = op(
  'getAccountStatuses',
  'GET',
  '/api/v1/accounts/{id}/statuses',
  'read',
  z.array(status),
);

const counted = wire({
  id: remoteId,
  favourites_count: tally,
  replies_count: tally,
  reblogs_count: tally,
});
export type Counted = z.output<typeof counted>;
/** Entries that cannot be read are left out, as if the server had not mentioned them. */
const several = z.array(counted.nullable().catch(null)).transform((all) => all.filter((one) => one !== null));
/** Servers before 4.3 do not have it. */
export const getStatuses = op('getStatuses', 'GET', '/api/v1/statuses', 'read', several);
export const getStatus = op('getStatus', 'GET', '/api/v1/statuses/{id}', 'read', counted);

const media = wire({ id: remoteId });
export const uploadMedia = op('createMediaV2', 'POST', '/api/v2/media', 'idempotent', media);
/** With status 206, while the file is processed, there may be no body. */
export const getMedia = op('getMedia', 'GET', '/api/v1/media/{id}', 'read', z.unknown());

/** The one format in which Mastodon refuses. */
export const problem = wire({ error: z.string().min(1) });
