import { isDeepStrictEqual } from 'node:util';
import { truncateText } from '@/server/foundation/storable';
import type { Product } from './schemas';

const fieldsOf = ({ title, description, tags, price, floor, currency, file }: Product) => ({
  title,
  description,
  tags,
  price,
  floor,
  currency,
  fileId: file?.id ?? null,
});

/** Returns a product as recorded in its history. */
export const inHistory = (product: Product) => ({
  ...fieldsOf(product),
  description: truncateText(product.description, 500),
});

/** Returns the changes of an edit, for the history. */
export function changesOf(before: Product, after: Product) {
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const changed = (Object.keys(was) as (keyof typeof was)[]).filter(
    (name) => !isDeepStrictEqual(was[name], is[name]),
  );
  const pick = (product: Product) => {
    const kept = inHistory(product);
    return Object.fromEntries(changed.map((name) => [name, kept[name]]));
  };
  return { before: pick(before), after: pick(after) };
}
