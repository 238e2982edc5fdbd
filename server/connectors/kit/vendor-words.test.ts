import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vendorPhrases, vendorWords } from './vendor-words';
import { safeVendorMessage } from './words';

const said = (body: unknown) => vendorWords(vendorPhrases(body, JSON.stringify(body)));
const saidRaw = (raw: string) => vendorWords(vendorPhrases(Symbol('not JSON'), raw));

describe('the words of an error', () => {
  it.each<[string, unknown, string]>([
    ['an error', { error: 'The title is too long' }, 'The title is too long'],
    [
      'an OAuth error',
      { error: 'invalid_request', error_description: 'The link is not an address' },
      'The link is not an address',
    ],
    ['only a code', { error: 'insufficient_scope' }, 'insufficient_scope'],
    [
      'a list without an object, as Etsy sends it',
      [{ path: '/title/1', type: 'invalid_characters', message: 'contains invalid characters' }],
      'title: contains invalid characters',
    ],
    [
      'an error with a list',
      {
        error: 'unable to update listing',
        error_list: [{ path: '/tags', message: 'You may not have duplicate tags.' }],
      },
      'You may not have duplicate tags. unable to update listing',
    ],
    [
      'problem details with errors',
      {
        type: 'https://api.x.com/2/problems/invalid-request',
        title: 'Invalid Request',
        detail: 'One or more parameters to your request was invalid.',
        status: 400,
        errors: [{ message: 'The `ids` value [x] is not valid', parameters: { ids: ['x'] } }],
      },
      'The `ids` value [x] is not valid. One or more parameters to your request was invalid.',
    ],
    [
      'problem details with a title only',
      { type: 'about:blank', title: 'Forbidden', status: 403 },
      'Forbidden',
    ],
    [
      'a list of codes',
      { errors: [{ code: 186, message: 'Tweet needs to be shorter.' }] },
      'Tweet needs to be shorter.',
    ],
    [
      'errors as texts',
      { errors: ['Title is missing', 'Price is missing'] },
      'Title is missing. Price is missing',
    ],
    [
      'errors by field',
      { message: 'Validation failed', errors: { title: ['is too long'], tag: 'is unknown' } },
      'title: is too long. tag: is unknown. Validation failed',
    ],
    [
      'invalid params (RFC 9457)',
      {
        title: 'Your request is not valid.',
        'invalid-params': [{ name: 'age', reason: 'must be positive' }],
      },
      'age: must be positive. Your request is not valid.',
    ],
    [
      'a Graph error for people',
      {
        error: {
          message: '(#100) Invalid parameter',
          code: 100,
          error_user_title: 'Bad',
          error_user_msg: 'Choose another picture.',
        },
      },
      'Choose another picture.',
    ],
    [
      'a Graph error with empty words for people',
      { error: { message: '(#100) Invalid parameter', code: 100, error_user_msg: '' } },
      '(#100) Invalid parameter',
    ],
    [
      'an error of an upload',
      { debug_info: { type: 'ProcessingFailedError', message: 'The file is empty' } },
      'The file is empty',
    ],
    [
      'a nested list',
      { error: { errors: [{ message: 'Daily cap', reason: 'quota' }], message: 'Daily cap' } },
      'Daily cap',
    ],
    [
      'a JSON:API pointer',
      { errors: [{ detail: 'is too short', source: { pointer: '/data/attributes/name' } }] },
      'name: is too short',
    ],
    ['translations', { message: { de_DE: 'Zu lang', en_US: 'Too long' } }, 'Too long'],
    [
      'one translation',
      { message: { locale: 'de_DE', value: 'Der Titel ist zu lang' } },
      'Der Titel ist zu lang',
    ],
    ['a text', 'The listing is not yours', 'The listing is not yours'],
    [
      'escaped words for people',
      { error: { code: 100, error_user_msg: 'You can&#039;t use &quot;A &amp; B&quot;&nbsp;here.' } },
      'You can\'t use "A & B" here.',
    ],
    ['escaped twice', { message: 'Use &amp;amp; for an ampersand' }, 'Use &amp; for an ampersand'],
    [
      'escaped problems by field',
      { message: 'Caf&eacute;', errors: { title: ['can&apos;t be empty'], tags: { message: 'a &lt; b' } } },
      "title: can't be empty. tags: a < b. Café",
    ],
    ['escaped codes', { error: { code: 'A&amp;B' } }, 'A&B'],
    ['escaped text', 'It&#x2019;s not yours', 'It’s not yours'],
    [
      'an escaped secret and an escaped control',
      { message: 'Bad access_token&#61;abc123 &#8238;x' },
      'Bad access_token… x',
    ],
    ['the same, escaped and not', { errors: ["It can't be", 'It can&#39;t be.'] }, "It can't be"],
    ['nothing', {}, ''],
    ['no text at all', { error: { code: 5 }, errors: [null, 7, []] }, ''],
  ])('%s', (_name, body, words) => {
    expect(said(body)).toBe(words);
  });

  it('reads what is not JSON', () => {
    expect(saidRaw('Upload too large')).toBe('Upload too large');
    expect(
      saidRaw('<html><head><title>403 Forbidden</title></head><body><h1>Access denied</h1></body></html>'),
    ).toBe('Access denied');
    expect(saidRaw('<?xml version="1.0"?><Error><Message>Bad &amp; wrong</Message></Error>')).toBe(
      'Bad & wrong',
    );
    expect(saidRaw('Upload can&#39;t be read')).toBe("Upload can't be read");
    // Once here as well.
    expect(saidRaw('<Error>Use &amp;amp; here</Error>')).toBe('Use &amp; here');
    expect(vendorPhrases(undefined, '')).toEqual([]);
  });

  it('never fails, whatever the response is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (body) => {
        expect(said(body).length).toBeLessThanOrEqual(160);
      }),
    );
  });
});

describe('words that are shown', () => {
  it.each([
    ['a password in an address', 'See https://api.example.com/x?access_token=abc for more', 'See for more'],
    ['a parameter', 'Bad value access_token=abc123&x=1', 'Bad value access_token…&x=1'],
    ['a key', 'Invalid API Key provided: sk_test_4eC39HqLyjWD', 'Invalid API Key provided: …'],
    ['a masked key', 'Invalid API Key provided: sk_test_****1234', 'Invalid API Key provided: …'],
    ['an id', "No such customer: 'cus_NffrFeUfNV2Hib'", "No such customer: '…'"],
    ['a header', 'Rejected Bearer abcdefgh123', 'Rejected Bearer …'],
    ['a token', 'Token EAAGm0PX4ZCpsBA was refused', 'Token … was refused'],
    [
      'the number of an account',
      'Your enrolled account [1234567890123456789] has no credits',
      'Your enrolled account […] has no credits',
    ],
    ['a short name of a password', 'Bad pwd=hunter2 given', 'Bad pwd… given'],
    ['a passphrase', 'Bad passphrase=correct', 'Bad passphrase…'],
    ['a header with a token', 'Got Authorization: Token abc123de', 'Got Authorization: …'],
    ['a key of a language model', 'Incorrect key sk-proj-abc123DEF given', 'Incorrect key … given'],
    ['a sentence', 'Your refresh_token is abc.def-123 now', 'Your refresh_token is … now'],
    ['a cookie', 'The cookie sid=abc123 is old', 'The cookie sid… is old'],
    ['an address without a scheme', 'Go to www.etsy.com/reset?t=abc now', 'Go to now'],
    ['one without www', 'Go to etsy.com/reset?t=abc now', 'Go to now'],
    ['random letters', 'Got abcdefghijklmnopqrstuvwxyz here', 'Got … here'],
    ['controls', 'One\u0000\u0007\ntwo\u202Ethree', 'One\ufffd two three'],
    // What people need stays.
    [
      'the path of a field',
      'offerings.readiness_state_id is missing',
      'offerings.readiness_state_id is missing',
    ],
    [
      'a time',
      'You are restricted until 2026-03-02T10:00:00Z.',
      'You are restricted until 2026-03-02T10:00:00Z.',
    ],
    ['a code', 'Error code: 100', 'Error code: 100'],
    ['a short number', 'The `id` value [12] is not valid', 'The `id` value [12] is not valid'],
    ['a code in a sentence', 'The error code is 1349125', 'The error code is 1349125'],
    ['a question', 'Is etsy.com down? Try later', 'Is etsy.com down? Try later'],
    ['words about a token', 'The access token is not valid', 'The access token is not valid'],
    ['words about authorization', 'Authorization: required', 'Authorization: required'],
    ['an order', 'Order 4111111111111111 is unknown', 'Order 4111111111111111 is unknown'],
    ['a word and a number', 'The limit is 20 characters', 'The limit is 20 characters'],
  ])('%s', (_name, raw, shown) => {
    expect(safeVendorMessage(raw)).toBe(shown);
  });

  it.each([
    ['a zero-width space in a key', 'Bad key sk_live_4eC3\u200b9HqLyjWD given', 'Bad key … given'],
    ['one in its prefix', 'Bad key sk\u2060_li\u00adve_4eC39HqLyjWD given', 'Bad key … given'],
    ['several in a row', 'Got abcdefghij\u200d\ufeff\u{e0061}klmnopqrstuvwxyz here', 'Got … here'],
    ['a mark of direction', 'Rejected Bearer\u200f abcd\u202eefgh123', 'Rejected Bearer …'],
    ['a control character', 'Got abcdefghij\u0000klm\u001bnopqrstuvwxyz here', 'Got … here'],
    ['one in the name of a secret', 'Bad value access_to\u200bken=abc123', 'Bad value access_token…'],
    ['one in an address', 'See ht\u200btps://example.com/?x=abc for more', 'See for more'],
    ['full-width letters', 'Bad value ｔｏｋｅｎ＝ａｂｃ１２３', 'Bad value token…'],
    ['mathematical letters', 'Bad key 𝐬𝐤_live_4eC39HqLyjWD', 'Bad key …'],
    ['hyphens that do not break', 'Got abcdefgh\u2011ijklmno\u2011pq1rst', 'Got …'],
    ['a percent-encoded parameter', 'Bad value token%3Dabc123', 'Bad value token…'],
    ['one that is encoded twice', 'Bad value token%253Dabc123', 'Bad value token…'],
    ['a percent-encoded prefix', 'No such customer: cus%5FNffrFeUf', 'No such customer: …'],
    ['a percent-encoded header', 'Rejected Bearer%20abcdefgh1', 'Rejected Bearer …'],
    ['a key over two lines', 'Bad key sk_live_4eC39HqL\n  yjWD4t5b given', 'Bad key … given'],
    ['a token over three lines', `Got ${'aB3'.repeat(10)}\r\n${'aB3'.repeat(5)}\r\naB3aB3`, 'Got …'],
    ['an address over two lines', 'See https://example.com/?token=ab\ncdefgh123 now', 'See now'],
    ['another name of a secret', 'Bad value csrf_token=abc123', 'Bad value csrf_token…'],
    // What people need stays.
    ['a sentence on the next line', 'Bad key sk_live_4eC39HqL\nRequest another', 'Bad key … Request another'],
    [
      'emoji',
      'Too many 👩\u200d👩\u200d👧 and ❤\ufe0f in it',
      'Too many 👩\u200d👩\u200d👧 and ❤\ufe0f in it',
    ],
    ['emoji next to a key', '👩\u200d👧 sk_live_4eC39HqL', '👩\u200d👧 …'],
    ['full-width words', 'タグは２０個まで！', 'タグは２０個まで！'],
    ['words that are joined', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['a percent sign', 'At most 50%25 or 100%2E', 'At most 50%25 or 100%2E'],
    ['a constant', 'Kind PAYMENT_ADJUSTMENT_REFUND is unknown', 'Kind PAYMENT_ADJUSTMENT_REFUND is unknown'],
  ])('do not show a secret with %s', (_name, raw, shown) => {
    expect(safeVendorMessage(raw)).toBe(shown);
  });

  it('never show a key, wherever unseen characters are put into it', () => {
    const key = [...'sk_live_4eC39HqLyjWDarjt'];
    const unseen = fc.constantFrom(
      '',
      '',
      '\u200b',
      '\u200d',
      '\u00ad',
      '\ufeff',
      '\u2066',
      '\u180e',
      '\u{e0001}',
    );
    fc.assert(
      fc.property(fc.array(unseen, { minLength: key.length, maxLength: key.length }), (between) => {
        const written = key.map((letter, i) => `${letter}${between[i]}`).join('');
        expect(safeVendorMessage(`Bad key ${written} given`)).toBe('Bad key … given');
      }),
    );
  });

  it('are read from the beginning of a long text, which is not cut within a secret', () => {
    const shown = safeVendorMessage(
      `https://example.com/${'a'.repeat(3_960)} sk_live_4eC39HqLyjWDarjt1234567890`,
    );
    expect(shown).toBe('…');
    expect(safeVendorMessage(`Sorry. ${'a.'.repeat(20_000)}`)).toBe('Sorry. …');
  });

  it('are cut between user-perceived characters', () => {
    const family = '👩‍👩‍👧‍👦';
    const cut = safeVendorMessage(`${'a '.repeat(77)}${family.repeat(4)}`);
    expect(cut.length).toBeLessThanOrEqual(160);
    expect(cut.endsWith('…')).toBe(true);
    expect(cut.replace(/[a …]/g, '')).toMatch(new RegExp(`^(?:${family})*$`, 'u'));
  });
});
