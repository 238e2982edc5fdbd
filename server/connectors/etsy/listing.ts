import { fact } from '@/server/foundation/facts';
import { truncateText } from '@/server/foundation/storable';
import type { ConnectorIo } from '../kit/connector';
import { findDraft, type ListingMarks, oldestDraft } from '../kit/listing-drafts';
import { listingProblems } from '../kit/listing-rules';
import { allOf, type Pages, readPages } from '../kit/paging';
import { ConnectorFault, isConnectorFault, type ListInput } from '../kit/types';
import { etsyManifest } from './manifest';
import { inventoryBody, toEtsyPrice } from './transform';
import {
  createListing,
  getInventory,
  getListing,
  type Inventory,
  type Listing,
  listFiles,
  listImages,
  listListings,
  patchListing,
  putInventory,
  uploadFile,
  uploadImage,
} from './wire';

/** Art & Collectibles › Prints › Digital Prints: the taxonomy's general category for downloads. */
const DIGITAL_TAXONOMY = 2078;
export const shopOf = ({ account }: ConnectorIo): string => account.remote.shopId ?? account.remoteId;
const STATES = ['draft', 'active', 'inactive', 'sold_out', 'expired'] as const;
const PAGE = 100;
/** Pages of listings in one state: 20,000 of them. */
const MAX_PAGES = 200;
const marksOf = (listing: Listing): ListingMarks => ({
  skus: (listing.inventory?.products ?? []).flatMap(({ sku }) => sku || []).concat(listing.skus ?? []),
  title: listing.title,
  description: listing.description,
  createdAt: listing.created_timestamp,
});

/**
 * Finds the listing that carries our marker, or a draft without one that was created just before the marker could be written. Null only if
 * there is certainly none, because then a draft is created: throws `transient` if the shop's listings could not all be read, and `rejected`
 * if there is a draft that may be ours.
 */
export async function findByMarker(io: ConnectorIo, input: ListInput): Promise<Listing | null> {
  let drafts: Listing[] = [];
  for (const state of STATES) {
    const read = await readState(io, state, oldestDraft(input));
    const items = allOf(read, fact('platforms.etsy.errors.tooManyListings'));
    const marked = items.find((listing) => marksOf(listing).skus.includes(input.marker));
    if (marked) return marked;
    if (state === 'draft') drafts = items;
  }
  const { ours, similar } = findDraft(drafts, input, marksOf);
  if (similar)
    throw new ConnectorFault('rejected', fact('platforms.etsy.errors.similarDraft', { title: input.title }));
  return ours;
}

/**
 * Reads the shop's listings in one state. If they come newest first, reading ends at those that are older than `since` (milliseconds since
 * 1970); Etsy does not promise the order (`sort_on` "only works when combined with one of the search options"), so it is checked.
 */
async function readState(io: ConnectorIo, state: string, since: number | null): Promise<Pages<Listing>> {
  let oldest = Number.POSITIVE_INFINITY;
  let ordered = since !== null;
  return readPages<Listing, number>(
    0,
    async (offset) => {
      const { results, count } = await listListings(io, {
        path: { shop: shopOf(io) },
        query: {
          state,
          limit: PAGE,
          offset,
          sort_on: 'created',
          sort_order: 'desc',
          includes: 'Inventory',
        },
      });
      for (const { created_timestamp: created } of results) {
        const at = created?.getTime() ?? Number.POSITIVE_INFINITY;
        if (at > oldest) ordered = false;
        oldest = Math.min(oldest, at);
      }
      const next = offset + (results.length || PAGE);
      const over = next >= count || (ordered && since !== null && oldest < since);
      return { items: results, next: over ? null : next };
    },
    MAX_PAGES,
  );
}

export async function readListing(io: ConnectorIo, id: string): Promise<Listing | null> {
  try {
    return await getListing(io, { path: { id } });
  } catch (error) {
    if (isConnectorFault(error) && error.kind === 'rejected' && error.options.status === 404) return null;
    throw error;
  }
}

/** Creates the draft. Throws `rejected` without a request if Etsy's rules for texts do not allow it. */
export async function createDraft(io: ConnectorIo, input: ListInput): Promise<Listing> {
  const [problem] = listingProblems(etsyManifest.name, etsyManifest.listing, input);
  if (problem) throw new ConnectorFault('rejected', problem.message);
  return createListing(io, {
    path: { shop: shopOf(io) },
    form: {
      quantity: input.quantity,
      // Etsy's rules know no combining marks.
      title: input.title.normalize('NFC'),
      description: input.description,
      price: toEtsyPrice(input.price),
      who_made: 'i_did',
      when_made: 'made_to_order',
      taxonomy_id: DIGITAL_TAXONOMY,
      type: 'download',
      ...(input.tags.length > 0 ? { tags: input.tags.join(',').normalize('NFC') } : {}),
    },
  });
}

/** Writes marker, price and stock. Idempotent. */
export async function writeInventory(
  io: ConnectorIo,
  id: string,
  change: Parameters<typeof inventoryBody>[1],
): Promise<Inventory> {
  const before = await getInventory(io, { path: { id } });
  const currency = before.products[0]?.offerings[0]?.price.currency_code;
  if (currency && currency !== change.price.currency)
    throw new ConnectorFault(
      'rejected',
      fact('platforms.etsy.errors.otherCurrency', { shop: currency, price: change.price.currency }),
    );
  return putInventory(io, { path: { id }, json: inventoryBody(before, change) });
}

/** Returns a file's name as Etsy takes it: short enough, with its extension. */
export function fileName(name: string): string {
  const [extension = ''] = /\.\w{1,10}$/.exec(name) ?? [];
  const stem = name.slice(0, name.length - extension.length);
  return `${truncateText(stem, etsyManifest.listing.fileName - extension.length).trimEnd()}${extension}`;
}

/** Uploads the picture and the file if the listing does not have them yet. */
export async function uploadMissing(io: ConnectorIo, id: string, input: ListInput): Promise<void> {
  const path = { shop: shopOf(io), id };
  if ((await listImages(io, { path: { id } })).count === 0)
    await uploadImage(io, {
      path,
      multipart: { image: input.image, rank: 1, alt_text: truncateText(input.title, 250) },
    });
  const name = fileName(input.file.name);
  if ((await listFiles(io, { path })).count === 0)
    await uploadFile(io, { path, multipart: { file: { ...input.file, name }, name, rank: 1 } });
}

export const setState = (io: ConnectorIo, id: string, state: 'active' | 'inactive'): Promise<Listing> =>
  patchListing(io, { path: { shop: shopOf(io), id }, form: { state } });
