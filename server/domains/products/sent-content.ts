import type { SentContent } from '@/db/schema';
import type { Product } from './schemas';

/** Returns the parts of a product that are sent to a shop when it is listed, besides its price and picture. */
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

/**
 * Returns the parts that differ between what was sent to a shop and the current product. Empty if there are none or if it is unknown what
 * was sent.
 */
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
 * Whether a shop has the sent content or will get it automatically. Excludes listings that are taken down or being taken down, and those
 * that failed before anything was created, because a retry sends the current product.
 */
export const keepsSent = ({ state, remoteId }: { state: string; remoteId: string | null }): boolean =>
  state !== 'delisting' && state !== 'delisted' && (state !== 'failed' || remoteId !== null);
