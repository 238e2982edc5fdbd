import { unix } from '../http';
import type { World } from '../world';
import { invalid } from './errors';
import { object, strings, text } from './form';
import type { On } from './routes';
import { priceShape, productShape } from './shapes';
import { fixedObjects, list, need, put, type StripeObject, stripeId } from './store';

/** Adds products and prices: those of our two plans, and any that are added to the account. */
export function catalogueRoutes(on: On, world: World): void {
  for (const [path, type] of [
    ['products', 'product'],
    ['prices', 'price'],
  ] as const) {
    on('GET', `/${path}`, `Get${path}`, async () => {
      const added = await list(world.db, { type, url: `/v1/${path}`, limit: 50 });
      return {
        ...added,
        data: [...(added.data as StripeObject[]), ...fixedObjects().filter((o) => o.object === type)],
      };
    });
    on('GET', `/${path}/:id`, `Get${path}Id`, (_b, c) => need(world.db, type, c.req.param('id') ?? ''));
  }
  on('POST', '/products', 'PostProducts', async (body, c) => {
    const name = text(body.name) ?? invalid('Missing required param: name.', 'name', 'parameter_missing');
    const product = {
      ...productShape(stripeId('prod'), name, null),
      created: unix(c.get('now')),
      metadata: strings(body.metadata),
    };
    await put(world.db, product, null, c.get('now'));
    return product;
  });
  on('POST', '/prices', 'PostPrices', async (body, c) => {
    const product = text(body.product) ?? invalid('Missing required param: product.', 'product');
    await need(world.db, 'product', product, { param: 'product' });
    const interval = text(object(body.recurring)?.interval) ?? 'month';
    const shape = priceShape(stripeId('price'), product, Number(text(body.unit_amount) ?? 0));
    const price = {
      ...shape,
      created: unix(c.get('now')),
      lookup_key: text(body.lookup_key) ?? null,
      metadata: strings(body.metadata),
      recurring: { ...(shape.recurring as object), interval },
    };
    await put(world.db, price, product, c.get('now'));
    return price;
  });
}
