import type { World } from '../world';
import { invalid } from './errors';
import { type FormObject, text } from './form';
import { list } from './store';

/** Returns a page of a list, as the request's `limit`, `starting_after`, `ending_before` and `customer` select it. */
export function paged(
  world: World,
  body: FormObject,
  o: Parameters<typeof list>[1],
): Promise<Record<string, unknown>> {
  const limit = Number(text(body.limit) ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    invalid('Invalid integer: limit must be between 1 and 100', 'limit');
  const customer = text(body.customer);
  return list(world.db, {
    ...(customer ? { parent: customer } : {}),
    ...o,
    limit,
    startingAfter: text(body.starting_after),
    endingBefore: text(body.ending_before),
  });
}
