import type { SentContent } from '@/db/schema';
import type { Product } from './schemas';

/** What of a product a shop gets when it is listed, besides its price and picture. */
export const sentContentOf = (
  product: Pick<Product, 'title' | 'description' | 'tags' | 'file'>,
): SentContent => ({
  title: product.title,
  description: product.description,
  tags: product.tags,
  fileId: product.file?.id ?? null,
});

export const SENT_PARTS = ['title', 'description', 'tags', 'file'] as const;
export type SentPart = (typeof SENT_PARTS)[number];

/** What a shop has in another form than the product has now. Empty when they are the same, or when nobody knows what was sent. */
export function differsFrom(sent: SentContent | null, now: SentContent): SentPart[] {
  if (!sent) return [];
  const changed: Record<SentPart, boolean> = {
    title: sent.title !== now.title,
    description: sent.description !== now.description,
    tags: JSON.stringify(sent.tags) !== JSON.stringify(now.tags),
    file: sent.fileId !== now.fileId,
  };
  return SENT_PARTS.filter((part) => changed[part]);
}

/**
 * Whether a shop has what was sent, or gets it by itself: not what is taken down or on its way down, and not what failed before anything
 * was made there, since trying again sends the product as it is then.
 */
export const keepsSent = ({ state, remoteId }: { state: string; remoteId: string | null }): boolean =>
  state !== 'delisting' && state !== 'delisted' && (state !== 'failed' || remoteId !== null);
