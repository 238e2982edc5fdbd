import { describe, expect, it } from 'vitest';
import { ContractDocument, contractsPresent } from './document';
import { runContracts } from './suite';
import { checkAnswer, checkRequest, type Exchange } from './validate';

// Without the vendors' documents beside the checkout there is nothing to hold the connectors against.
describe.skipIf(!contractsPresent())('the vendors’ documents', () => {
  it('agree with every request and every answer', async () => {
    const outcome = await runContracts();
    expect(outcome?.violations).toEqual([]);
    expect(outcome?.figures.validated).toBeGreaterThan(40);
  });

  it('are held against what is really there', async () => {
    const etsy = await ContractDocument.load('etsy', 'etsy/3.0.0.json');
    const exchange: Exchange = {
      platform: 'etsy',
      method: 'POST',
      path: '/v3/application/shops/12/listings',
      query: new URLSearchParams({ nothing: '1' }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        quantity: 'many',
        title: 'A',
        price: '1',
        who_made: 'nobody',
        colour: 'red',
      }).toString(),
      status: 201,
      answerType: 'application/json',
      answerHeaders: {},
      answer: JSON.stringify({ listing_id: 'twelve', price: { amount: 1.5 } }),
    };
    const met = etsy.find('POST', exchange.path);
    if (!met) throw new Error('the operation is there');
    const request = (await checkRequest(etsy, met, exchange)).join('\n');
    for (const part of ['query nothing', 'credentials', 'colour', '/quantity', '/who_made', 'description'])
      expect(request).toContain(part);
    const answer = checkAnswer(etsy, met.operation, exchange).join('\n');
    for (const part of ['/listing_id', '/price/amount']) expect(answer).toContain(part);
    expect(checkAnswer(etsy, met.operation, { ...exchange, status: 418 })).toHaveLength(1);
  });
});
