import { z } from 'zod';
import { webhookTaken } from '../kit/refusals';
import type { Notice, WebhookHooks } from '../kit/webhooks';
import { remoteId, wire } from '../kit/wire';
import { appToken, confirm, verify } from '../meta/app-webhooks';
import { facebookManifest } from './manifest';
import { listSubscriptions, subscribeApp, subscribePage, unsubscribePage } from './wire';

/** Posts of a Page, and comments on and reactions to them. */
const FIELD = 'feed';

/**
 * Changes of Pages, up to 1,000 at once. Only what names a post is used; what happened to it is read from Facebook.
 * https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed
 */
const delivery = wire({
  object: z.string(),
  entry: z.array(
    wire({
      id: remoteId,
      changes: z
        .array(
          wire({
            field: z.string(),
            value: wire({
              post_id: remoteId.optional().catch(undefined),
              video_id: remoteId.optional().catch(undefined),
            })
              .optional()
              .catch(undefined),
          }),
        )
        .optional(),
    }),
  ),
});

export const webhooks = {
  verify,
  read(body) {
    const said = delivery.safeParse(JSON.parse(body)).data;
    if (!said) return null;
    const notices = said.entry.flatMap(({ id, changes = [] }): Notice[] => {
      const posts = changes.flatMap(({ field, value }) =>
        // The id of a published video is that of the video, not of the post that shows it.
        field === FIELD ? [value?.post_id, value?.video_id].filter((one) => one !== undefined) : [],
      );
      return posts.length > 0 ? [{ topic: 'posts', account: id, posts: [...new Set(posts)] }] : [];
    });
    return { id: null, notices: said.object === 'page' ? notices : [] };
  },
  app: {
    token: appToken,
    confirm,
    async setUp(io, { clientId }, at) {
      const path = { id: clientId };
      const { data } = await listSubscriptions(io, { path });
      const known = data.find(({ object }) => object === 'page')?.callback_url;
      if (known && !at.isOurs(known)) throw webhookTaken(facebookManifest.name);
      await subscribeApp(io, {
        path,
        json: {
          object: 'page',
          callback_url: at.url,
          fields: [FIELD],
          include_values: true,
          verify_token: at.secret,
        },
      });
    },
  },
  async setUp(io) {
    await subscribePage(io, { path: { id: io.account.remoteId }, json: { subscribed_fields: [FIELD] } });
  },
  async takeDown(io) {
    await unsubscribePage(io, { path: { id: io.account.remoteId } });
  },
} satisfies WebhookHooks;
