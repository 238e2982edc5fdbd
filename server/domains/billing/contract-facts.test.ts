import { expect, test } from 'vitest';
import { contractsPresent } from '@/tests/contracts/readers/contract';
import { exchangeOf } from '@/tests/contracts/readers/testing';
import { loadStripe } from './contract-document';
import { checkDelivery, checkStripe } from './contract-facts';

test.skipIf(!contractsPresent())(
  'mismatches in Stripe’s nested forms, expansions and webhooks are detected',
  async () => {
    const stripe = await loadStripe();
    const fields: [string, string][] = [
      ['mode', 'lease'],
      ['line_items[0][price]', 'price_1'],
      ['line_items[0][quantity]', 'some'],
      ['line_items[0][colour]', 'red'],
      ['subscription_data[metadata][workspace]', 'ws'],
      ['subscription_data[plan]', 'pro'],
      ['expand[]', 'customer'],
      ['expand[]', 'subscription'],
    ];
    const exchange = {
      ...exchangeOf('POST', '/v1/checkout/sessions', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        answer: { id: 'cs_1', object: 'checkout.session', customer: { id: 'cus_1' }, odd: 1 },
      }),
      body: new URLSearchParams(fields).toString(),
    };
    const known = stripe.find(exchange);
    const request = (await known?.request(exchange))?.join('\n');
    for (const part of ['/mode', '/line_items/0/quantity', '"colour"', '/subscription_data ', '"plan"'])
      expect(request).toContain(part);
    expect(request).not.toMatch(/expand|metadata/);
    const answer = (await known?.answer(exchange))?.join('\n');
    for (const part of ['"odd"', 'payment_status', '"managed_payments"', '/customer'])
      expect(answer).toContain(part);
    expect(checkStripe(stripe, exchange)).toEqual([
      'idempotency-key is missing',
      'response request-id is missing',
    ]);
    const { wrong } = checkDelivery(stripe, {
      url: 'https://app.test/api/stripe',
      headers: { 'stripe-signature': 'v1=1' },
      body: JSON.stringify({
        id: 'evt_1',
        object: 'event',
        type: 'customer.deleted',
        data: { object: { object: 'customer', id: 7 }, previous_attributes: { nickname: 'Ada' } },
      }),
    });
    for (const part of ['malformed', "'created'", 'data.object /id', '*.updated', 'nickname'])
      expect(wrong.join('\n')).toContain(part);
  },
);
