import { fact } from '@/server/foundation/facts';
import { truncateText } from '@/server/foundation/storable';
import type { ConnectorIo } from '../kit/connector';
import { readPages } from '../kit/paging';
import { ConnectorFault, isConnectorFault, type ListInput } from '../kit/types';
import { anything } from '../kit/wire';
import { etsyManifest } from './manifest';
import { inventoryBody, toEtsyPrice } from './transform';
import { file, files, image, images, inventory, type Listing, listing, listings } from './wire';

/** Art & Collectibles › Prints › Digital Prints: the taxonomy's general category for downloads. */
const DIGITAL_TAXONOMY = 2078;
export const shopPath = (io: ConnectorIo): string =>
  `/v3/application/shops/${encodeURIComponent(io.account.remote.shopId ?? io.account.remoteId)}`;
const STATES = ['draft', 'active', 'inactive', 'sold_out', 'expired'] as const;

/** Finds the listing that carries our marker, or a draft without one that was created just before the marker could be written. */
export async function findByMarker(io: ConnectorIo, input: ListInput): Promise<Listing | null> {
  let bare: Listing | null = null;
  for (const state of STATES) {
    const { items } = await readPages<Listing, number>(
      0,
      async (offset) => {
        const { body } = await io.request(
          {
            operation: 'getListingsByShop',
            method: 'GET',
            path: `${shopPath(io)}/listings`,
            query: {
              state,
              limit: 100,
              offset,
              sort_on: 'created',
              sort_order: 'desc',
              includes: 'Inventory',
            },
            effect: 'read',
          },
          listings,
        );
        const next = offset + body.results.length;
        return { items: body.results, next: body.results.length > 0 && next < body.count ? next : null };
      },
      20,
    );
    const marked = items.find((l) => l.inventory?.products.some((p) => p.sku === input.marker));
    if (marked) return marked;
    if (state === 'draft')
      bare =
        items.find(
          (l) =>
            l.title === input.title &&
            l.description === input.description &&
            !l.inventory?.products.some((p) => p.sku),
        ) ?? null;
  }
  return bare;
}

export async function readListing(io: ConnectorIo, id: string): Promise<Listing | null> {
  try {
    const { body } = await io.request(
      {
        operation: 'getListing',
        method: 'GET',
        path: `/v3/application/listings/${encodeURIComponent(id)}`,
        effect: 'read',
      },
      listing,
    );
    return body;
  } catch (error) {
    if (isConnectorFault(error) && error.options.status === 404) return null;
    throw error;
  }
}

export async function createDraft(io: ConnectorIo, input: ListInput): Promise<Listing> {
  const { body } = await io.request(
    {
      operation: 'createDraftListing',
      method: 'POST',
      path: `${shopPath(io)}/listings`,
      form: {
        quantity: input.quantity,
        title: input.title,
        description: input.description,
        price: toEtsyPrice(input.price),
        who_made: 'i_did',
        when_made: 'made_to_order',
        taxonomy_id: DIGITAL_TAXONOMY,
        type: 'download',
        ...(input.tags.length > 0 ? { tags: input.tags.join(',') } : {}),
      },
      effect: 'effect',
    },
    listing,
  );
  return body;
}

/** Writes marker, price and stock. Idempotent. */
export async function writeInventory(
  io: ConnectorIo,
  id: string,
  change: Parameters<typeof inventoryBody>[1],
) {
  const path = `/v3/application/listings/${encodeURIComponent(id)}/inventory`;
  const { body: before } = await io.request(
    { operation: 'getListingInventory', method: 'GET', path, effect: 'read' },
    inventory,
  );
  const currency = before.products[0]?.offerings[0]?.price.currency_code;
  if (currency && currency !== change.price.currency)
    throw new ConnectorFault(
      'rejected',
      fact('platforms.etsy.errors.otherCurrency', { shop: currency, price: change.price.currency }),
    );
  const { body } = await io.request(
    {
      operation: 'updateListingInventory',
      method: 'PUT',
      path,
      json: inventoryBody(before, change),
      effect: 'idempotent',
    },
    inventory,
  );
  return body;
}

/** Returns a file's name as Etsy takes it: short enough, with its extension. */
export function fileName(name: string): string {
  const [extension = ''] = /\.\w{1,10}$/.exec(name) ?? [];
  const stem = name.slice(0, name.length - extension.length);
  return `${truncateText(stem, etsyManifest.listing.fileName - extension.length).trimEnd()}${extension}`;
}

/** Uploads the picture and the file if the listing does not have them yet. */
export async function uploadMissing(io: ConnectorIo, id: string, input: ListInput): Promise<void> {
  const there = await io.request(
    {
      operation: 'getListingImages',
      method: 'GET',
      path: `/v3/application/listings/${encodeURIComponent(id)}/images`,
      effect: 'read',
    },
    images,
  );
  if (there.body.count === 0)
    await io.request(
      {
        operation: 'uploadListingImage',
        method: 'POST',
        path: `${shopPath(io)}/listings/${encodeURIComponent(id)}/images`,
        multipart: { image: input.image, rank: 1, alt_text: truncateText(input.title, 250) },
        effect: 'idempotent',
        timeoutMs: 60_000,
      },
      image,
    );
  const path = `${shopPath(io)}/listings/${encodeURIComponent(id)}/files`;
  const present = await io.request(
    { operation: 'getAllListingFiles', method: 'GET', path, effect: 'read' },
    files,
  );
  const shortName = fileName(input.file.name);
  if (present.body.count === 0)
    await io.request(
      {
        operation: 'uploadListingFile',
        method: 'POST',
        path,
        multipart: { file: { ...input.file, name: shortName }, name: shortName, rank: 1 },
        effect: 'idempotent',
        timeoutMs: 120_000,
      },
      file,
    );
}

export async function setState(io: ConnectorIo, id: string, state: 'active' | 'inactive'): Promise<Listing> {
  const { body } = await io.request(
    {
      operation: 'updateListing',
      method: 'PATCH',
      path: `${shopPath(io)}/listings/${encodeURIComponent(id)}`,
      form: { state },
      effect: 'idempotent',
    },
    listing,
  );
  return body;
}

/** Deletes a draft, which no buyer has seen. Listings in other states can be reactivated and are never deleted. */
export async function deleteDraft(io: ConnectorIo, id: string): Promise<void> {
  await io.request(
    {
      operation: 'deleteListing',
      method: 'DELETE',
      path: `/v3/application/listings/${encodeURIComponent(id)}`,
      effect: 'idempotent',
    },
    anything,
  );
}
