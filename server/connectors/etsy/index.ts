import { fact } from '@/server/foundation/facts';
import { defineConnector } from '../kit/connector';
import { listFromDraft } from '../kit/listing-drafts';
import { inBatches } from '../kit/paging';
import { ConnectorFault } from '../kit/types';
import { readFault } from './faults';
import { readLimits } from './limits';
import { createDraft, findByMarker, readListing, setState, uploadMissing, writeInventory } from './listing';
import { etsyManifest } from './manifest';
import { syncSales } from './sales';
import { fromEtsyMoney, lowestPrice } from './transform';
import { deleteListing, getListings, getMe, getShop } from './wire';

const gone = () => new ConnectorFault('rejected', fact('platforms.etsy.errors.listingGone'), { status: 404 });
/** Maximum ids per request. */
const BATCH = 100;

export const etsy = defineConnector(etsyManifest, {
  hooks: {
    readFault,
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
  },
  functions: {
    list: (io, input) =>
      listFromDraft(input, {
        read: (id) => readListing(io, id),
        find: () => findByMarker(io, input),
        create: () => createDraft(io, input),
        async fill(id) {
          await writeInventory(io, id, { price: input.price, sku: input.marker, quantity: input.quantity });
          await uploadMissing(io, id, input);
        },
        offer: (id) => setState(io, id, 'active'),
        idOf: (listing) => listing.listing_id,
        stateOf: ({ state }) => (state === 'draft' ? 'draft' : state === 'active' ? 'offered' : 'ended'),
        addressOf: ({ listing_id: id, url }) => url ?? `${io.web}/listing/${id}`,
      }),

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
      const listings = await inBatches(
        remoteIds,
        BATCH,
        async (ids) => (await getListings(io, { query: { listing_ids: ids.join(',') } })).results,
      );
      return listings.flatMap(({ listing_id: remoteId, views }) =>
        views == null ? [] : { remoteId, views },
      );
    },
  },
});
