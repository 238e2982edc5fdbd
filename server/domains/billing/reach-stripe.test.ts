import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/server/foundation/errors';
import { callStripe } from './reach-stripe';

type Raw = ConstructorParameters<typeof Stripe.errors.StripeError>[0];
const raw = (message: string, more: object = {}): Raw =>
  ({ message, type: 'invalid_request_error', ...more }) as Raw;
const thrown = async (error: Error): Promise<AppError> => {
  const said = await callStripe(() => Promise.reject(error)).catch((e: unknown) => e);
  if (!(said instanceof AppError)) throw new Error('not an AppError', { cause: said });
  return said;
};
const { errors } = Stripe;

describe('a refusal of Stripe', () => {
  it.each<[string, Error, RegExp]>([
    [
      'a card',
      new errors.StripeCardError(raw('Your card was declined.')),
      /It said: Your card was declined\.$/,
    ],
    [
      'a request',
      new errors.StripeInvalidRequestError(raw("No such price: 'price_1MoBy5LkdIwHu7ixZhnattbh'")),
      /It said: No such price: '…'$/,
    ],
    [
      'a repeated key',
      new errors.StripeIdempotencyError(raw('Keys can be used once.')),
      /Keys can be used once/,
    ],
  ])('of %s shows its words, without ids', async (_name, error, words) => {
    const said = await thrown(error);
    expect(said.code).toBe('platform_failed');
    expect(said.fact).toSay(words);
  });

  it('of our key shows none, because only the operator can help', async () => {
    const said = await thrown(
      new errors.StripeAuthenticationError(raw('Invalid API Key provided: sk_test_****1234')),
    );
    expect(said.fact).toSay('The payment service did not accept this request. Nothing was charged.');
  });

  it.each([
    new errors.StripeRateLimitError(raw('Too many requests')),
    new errors.StripeRateLimitError(raw('Locked', { code: 'lock_timeout' })),
    new errors.StripeAPIError(raw('Invalid JSON received from the Stripe API')),
    new errors.StripeConnectionError(raw('Broken')),
  ])('that is temporary is not final', async (error) => {
    expect((await thrown(error)).code).toBe('unavailable');
  });
});
