import { describe, expect, it } from 'vitest';
import { ContractDocument, contractsPresent } from './document';
import { checkByFacts } from './facts';
import { loadStripe } from './stripe-document';
import { checkDelivery, checkStripe } from './stripe-facts';
import { checkAnswer, checkRequest, type Exchange } from './validate';

// `npm run contracts` checks that every request and response matches the documents; these tests check that mismatches are detected. They
// are skipped if the vendors' documents are not next to the checkout.
describe.skipIf(!contractsPresent())('the vendors’ documents', () => {
  it('detect mismatches in requests and responses', async () => {
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
    if (!met) throw new Error('The document lacks the operation');
    const request = (await checkRequest(etsy, met, exchange)).join('\n');
    for (const part of ['query nothing', 'credentials', 'colour', '/quantity', '/who_made', 'description'])
      expect(request).toContain(part);
    const answer = checkAnswer(etsy, met.operation, exchange).join('\n');
    for (const part of ['/listing_id', '/price/amount']) expect(answer).toContain(part);
    expect(checkAnswer(etsy, met.operation, { ...exchange, status: 418 })).toHaveLength(1);
  });

  it('detect mismatches in Stripe’s nested forms, expansions and webhooks', async () => {
    const stripe = await loadStripe();
    const exchange: Exchange = {
      platform: 'stripe',
      method: 'POST',
      path: '/v1/checkout/sessions',
      query: new URLSearchParams(),
      headers: { authorization: 'Bearer sk', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams([
        ['mode', 'lease'],
        ['line_items[0][price]', 'price_1'],
        ['line_items[0][quantity]', 'some'],
        ['line_items[0][colour]', 'red'],
        ['subscription_data[metadata][workspace]', 'ws'],
        ['subscription_data[plan]', 'pro'],
        ['expand[]', 'customer'],
        ['expand[]', 'subscription'],
      ]).toString(),
      status: 200,
      answerType: 'application/json',
      answerHeaders: {},
      answer: JSON.stringify({ id: 'cs_1', object: 'checkout.session', customer: { id: 'cus_1' }, odd: 1 }),
    };
    const met = stripe.find('POST', exchange.path);
    if (!met) throw new Error('The document lacks the operation');
    const request = await checkRequest(stripe, met, exchange);
    for (const part of ['/mode', '/line_items/0/quantity', '"colour"', '/subscription_data ', '"plan"'])
      expect(request.join('\n')).toContain(part);
    expect(request.join('\n')).not.toMatch(/expand|metadata|undeclared/);
    const answer = checkAnswer(stripe, met.operation, exchange).join('\n');
    for (const part of ['"odd"', 'payment_status', '"managed_payments"', '/customer'])
      expect(answer).toContain(part);
    expect(checkStripe(stripe, exchange)).toEqual([
      'idempotency-key is missing',
      'response request-id is missing',
    ]);
    const { wrong } = checkDelivery(stripe, {
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
  });

  it('are complemented by checks of token endpoints and of Page edges that no OpenAPI document has', async () => {
    const exchange: Exchange = {
      platform: 'x',
      method: 'POST',
      path: '/2/oauth2/token',
      query: new URLSearchParams(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=authorization_code&code=c',
      status: 200,
      answerType: 'application/json',
      answerHeaders: {},
      answer: JSON.stringify({
        access_token: 't',
        token_type: 'mac',
        expires_in: 60,
        scope: 'offline.access',
      }),
    };
    const tokens = await checkByFacts(exchange);
    for (const part of ['not identified', 'redirect_uri', 'code_verifier'])
      expect(tokens?.request.join('\n')).toContain(part);
    for (const part of ['6749', '7200', 'refresh_token', 'no-store'])
      expect(tokens?.answer.join('\n')).toContain(part);
    expect(await checkByFacts({ ...exchange, path: '/2/oauth2/elsewhere' })).toBeNull();
    const edge = await checkByFacts({
      ...exchange,
      platform: 'facebook',
      method: 'GET',
      path: '/v23.0/1/published_posts',
      query: new URLSearchParams({ fields: 'id,colour', sorted: '1' }),
      answer: JSON.stringify({ data: [{ id: 5, created_time: 'now', colour: 'red' }] }),
    });
    expect(edge).toEqual({
      request: ['query sorted: is not declared', 'unknown field colour', 'no credentials were sent'],
      answer: [
        'response id: is not of type string',
        'response created_time: is not of type datetime',
        'response colour: unknown field',
      ],
    });
    const form = new FormData();
    form.set('upload_phase', 'transfer');
    form.set('start_offset', 'here');
    form.set('video_file_chunk', 'no file');
    form.set('colour', 'red');
    const encoded = new Response(form);
    const chunk: Exchange = {
      ...exchange,
      platform: 'facebook',
      path: '/v23.0/1/videos',
      headers: { authorization: 'Bearer t', 'content-type': encoded.headers.get('content-type') ?? '' },
      body: new Uint8Array(await encoded.arrayBuffer()),
      answer: JSON.stringify({ start_offset: 5 }),
    };
    expect(await checkByFacts(chunk)).toEqual({
      request: [
        'body start_offset: is not of type unsigned int',
        'body video_file_chunk: is not a file',
        'body colour: is not declared',
        'body upload_session_id: is required',
        'sent to the wrong host',
      ],
      answer: ['response start_offset: is invalid', 'response end_offset: is missing'],
    });
    const finish: Exchange = {
      ...chunk,
      host: 'graph-video',
      headers: { ...chunk.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ upload_phase: 'finish', upload_session_id: '5', published: 'yes' }),
      answer: JSON.stringify({ success: false }),
    };
    expect(await checkByFacts(finish)).toEqual({
      request: ['body published: is not of type bool'],
      answer: ['response success: is invalid'],
    });
    const moved = { error: { message: 'Again', code: 6001, error_subcode: 1363037 } };
    expect(await checkByFacts({ ...finish, status: 400, answer: JSON.stringify(moved) })).toMatchObject({
      answer: ['response has no offsets in error_data'],
    });
  });
});
