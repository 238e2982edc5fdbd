import type { World } from '../world';
import { cancelNow } from './billing';
import { noSuch } from './errors';
import { emit, need, put, type StripeObject, subscriptions } from './store';

/** Deletes a customer and cancels all of its subscriptions. The id still resolves, to a deleted customer. */
export function deleteCustomer(world: World, id: string): Promise<StripeObject> {
  return world.db.transaction(async (tx) => {
    const now = world.clock.now();
    const customer = await need(tx, 'customer', id, { lock: true });
    if (customer.deleted) return noSuch('customer', id);
    for (const subscription of await subscriptions(tx, id))
      if (subscription.status !== 'canceled') await cancelNow(world, tx, subscription);
    const gone: StripeObject = { id, object: 'customer', deleted: true };
    await emit(tx, 'customer.deleted', customer, now);
    await put(tx, gone, null, now);
    return gone;
  });
}
