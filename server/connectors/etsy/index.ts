import { fact } from '@/server/foundation/facts';
import { defineConnector } from '../kit/connector';
import { ConnectorFault } from '../kit/types';
import { isRetryAdvised, vendorWords } from '../kit/vendor-words';
import { readLimits } from './limits';
import { createDraft, findByMarker, readListing, setState, uploadMissing, writeInventory } from './listing';
import { etsyManifest } from './manifest';
import { syncSales } from './sales';
import { fromEtsyMoney, lowestPrice } from './transform';
import { deleteListing, errorBody, getListings, getMe, getShop } from './wire';

const platform = etsyManifest.name;
const gone = () =>
  new ConnectorFault('rejected', fact('platforms.etsy.errors.listingGone'), {
    status: 404,
  });
/** These statuses say enough: no token, nothing there, too slow, locked, too early, too many requests. */
const BY_STATUS = [401, 404, 408, 423, 425, 429];
/**
 * Etsy refuses the key of this installation: "Shared secret is required in x-api-key header", "API key not found or not active, …",
 * "Invalid API key: …", "Missing x-api-key header or client_id".
 */
const KEY_REFUSED =
  /\bshared secret\b.{0,20}\b(?:required|invalid|incorrect|missing)|\bapi[ _-]?key\b.{0,10}\b(?:not (?:found|active)|is (?:invalid|inactive|missing|required))|\b(?:invalid|missing|unknown|inactive) (?:x-)?api[ _-]?key\b/i;
/** Maximum ids per request. */
const BATCH = 100;

export const etsy = defineConnector(etsyManifest, {
  hooks: {
    readLimits,
    headers: ({ clientId, clientSecret }) => ({ 'x-api-key': `${clientId}:${clientSecret}` }),
    async identify(io) {
      const me = await getMe(io);
      const shop = await getShop(io, { path: { shop: me.shop_id } });
      return [
        {
          remoteId: shop.shop_id,
          remote: {
            shopId: shop.shop_id,
            userId: me.user_id,
            ...(shop.currency_code ? { currency: shop.currency_code } : {}),
          },
          name: shop.shop_name,
          url: shop.url ?? `${io.web}/shop/${shop.shop_name}`,
        },
      ];
    },
    readFault(status, body, _effect, phrases) {
      if ((status === 401 || status === 403) && phrases.some((phrase) => KEY_REFUSED.test(phrase)))
        return {
          kind: 'transient',
          vendorCode: 'key_refused',
          fact: fact('connectors.errors.installationRefused', { platform }),
          installation: true,
        };
      if (status < 400 || status >= 500 || BY_STATUS.includes(status)) return null;
      if (status === 403 && /scope/i.test([errorBody.safeParse(body).data?.error, ...phrases].join(' ')))
        return {
          kind: 'reauth',
          fact: fact('platforms.etsy.errors.noPermission'),
        };
      const said = vendorWords(phrases);
      if (!said) return null;
      // "The resource is being edited by another process. Please try again in a few moments." Nothing was done.
      if (isRetryAdvised(phrases))
        return { kind: 'transient', fact: fact('connectors.errors.refusedNow', { platform }) };
      return { kind: 'rejected', fact: fact('connectors.errors.notAcceptedBecause', { platform, said }) };
    },
  },
  functions: {
    async list(io, input) {
      const resumed = input.resume ? await readListing(io, input.resume) : null;
      // A draft we recorded may have been deleted by hand, and one we did not record may exist.
      const found = resumed ?? (await findByMarker(io, input)) ?? (await createDraft(io, input));
      const id = found.listing_id;
      if (id !== input.resume) await input.onDraft(id);
      if (found.state === 'draft') {
        await writeInventory(io, id, { price: input.price, sku: input.marker, quantity: input.quantity });
        await uploadMissing(io, id, input);
      }
      const live = found.state === 'active' ? found : await setState(io, id, 'active');
      return { remoteId: id, url: live.url ?? `${io.web}/listing/${id}` };
    },

    async delist(io, { remoteId }) {
      const now = await readListing(io, remoteId);
      if (!now) return { delisted: true };
      if (now.state === 'draft') {
        // No buyer has seen it. Listings in other states can be reactivated and are never deleted.
        await deleteListing(io, { path: { id: remoteId } });
      } else if (now.state === 'active') await setState(io, remoteId, 'inactive');
      return { delisted: true };
    },

    async setPrice(io, { remoteId, price }) {
      const after = await writeInventory(io, remoteId, { price });
      const now = lowestPrice(after);
      if (!now) throw gone();
      return { price: now };
    },

    async readPrice(io, { remoteId }) {
      const now = await readListing(io, remoteId);
      if (!now) throw gone();
      return { price: fromEtsyMoney(now.price), active: now.state === 'active' };
    },

    syncSales,

    async views(io, { remoteIds }) {
      const seen: { remoteId: string; views: number }[] = [];
      for (let at = 0; at < remoteIds.length; at += BATCH) {
        const listing_ids = remoteIds.slice(at, at + BATCH).join(',');
        const { results } = await getListings(io, { query: { listing_ids } });
        for (const { listing_id, views } of results)
          if (views != null) seen.push({ remoteId: listing_id, views });
      }
      return seen;
    },
  },
});
