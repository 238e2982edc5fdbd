import { createHmac } from 'node:crypto';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { defineConnector } from '@/server/connectors/kit/connector';
import type { AvailableManifest } from '@/server/connectors/kit/manifest';
import type { ReadWebhook, WebhookAddress } from '@/server/connectors/kit/webhooks';
import { safeEqual } from '@/server/foundation/crypto';
import { plain } from '@/tests/support/plain';

/** Platforms that exist only in tests, for the ways of proof that no real platform uses yet. */

/** The addresses that were set up, by platform. */
export const setUpAt = new Map<string, WebhookAddress>();

const manifestOf = <const W extends NonNullable<AvailableManifest['webhooks']>>(id: string, webhooks: W) => ({
  // Not an id of a real platform.
  id: id as PlatformId,
  name: id,
  order: 900,
  tier: 'free' as const,
  accountNoun: 'shop' as const,
  summary: plain('A platform of a test.'),
  kind: 'api' as const,
  capabilities: [] as const,
  auth: {
    kind: 'fields' as const,
    fields: [],
    ending: 'by_hand' as const,
    appsPage: {
      address: { live: `https://${id}.test`, sandbox: `/${id}` },
      where: plain('settings'),
    },
  },
  credential: 'bearer' as const,
  api: { live: `https://${id}.test`, sandbox: `/${id}` },
  web: { live: `https://${id}.test`, sandbox: `/${id}` },
  webhooks,
  docs: [],
});
const identify = async () => [];
const hooksOf = (id: string) => ({
  read(body: string): ReadWebhook {
    const sale = new URLSearchParams(body).get('sale_id');
    return { id: null, notices: sale === null ? [] : [{ topic: 'sales', account: null }] };
  },
  setUp: async (_io: unknown, at: WebhookAddress) => void setUpAt.set(id, at),
  takeDown: async () => void setUpAt.delete(id),
});

/** Signs nothing: only the address is secret. */
export const pinged = defineConnector(
  manifestOf('pinged', { per: 'connection', proof: 'address', topics: ['sales'] }),
  { hooks: { identify, webhooks: hooksOf('pinged') }, functions: {} },
);

/** Signs the raw body with the secret that it was given. */
export const keyedShop = defineConnector(
  manifestOf('keyedshop', { per: 'connection', proof: 'signed', topics: ['sales'] }),
  {
    hooks: {
      identify,
      webhooks: {
        ...hooksOf('keyedshop'),
        verify: ({ body, headers }, { own }) =>
          safeEqual(headers['x-sign'] ?? '', createHmac('sha256', own).update(body).digest('base64')),
      },
    },
    functions: {},
  },
);

export const TEST_PLATFORMS = { pinged: async () => pinged, keyedshop: async () => keyedShop };
export const TEST_MANIFESTS = { pinged: pinged.manifest, keyedshop: keyedShop.manifest };
