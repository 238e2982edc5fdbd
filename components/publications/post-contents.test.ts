import { expect, it } from 'vitest';
import type { PostDetail, PublicationItem } from '@/components/trpc/outputs';
import { shownOf } from './post-contents';

const variant = (platform: string, text: string): PostDetail['variants'][number] => ({
  id: `var_${platform}`,
  platform,
  text,
  link: null,
  parts: [],
  media: [],
  version: 1,
});
const copy = (over: Partial<PublicationItem>): PublicationItem =>
  ({
    id: `pub_${over.connectionName}${over.state}${over.text}`,
    platform: 'x',
    connectionName: '@mira',
    kind: 'post',
    followsId: null,
    text: 'sent words',
    link: null,
    parts: [],
    media: [],
    shownOptions: [],
    state: 'published',
    ...over,
  }) as PublicationItem;
const told = (publications: PublicationItem[], variants: PostDetail['variants']) =>
  shownOf({ publications, variants }).map(({ standing, accounts, text }) => [
    standing,
    accounts.join(),
    text,
  ]);

it('a published post is shown as it was sent, whatever was written later; the newer text is shown as a draft', () => {
  expect(told([copy({})], [variant('x', 'edited words')])).toEqual([
    ['sent', '@mira', 'sent words'],
    ['draft', '', 'edited words'],
  ]);
  expect(told([copy({})], [variant('x', 'sent words')])).toEqual([['sent', '@mira', 'sent words']]);
});

it('published and pending versions are shown with their own texts, each content once', () => {
  const waits = copy({ state: 'scheduled', text: 'new words', connectionName: '@studio' });
  expect(
    told(
      [
        copy({}),
        copy({ connectionName: '@other' }),
        waits,
        copy({ ...waits, id: 'pub_third', connectionName: '@third' }),
      ],
      [variant('x', 'new words'), variant('facebook', 'not sent')],
    ),
  ).toEqual([
    ['goes', '@studio,@third', 'new words'],
    ['sent', '@mira,@other', 'sent words'],
    ['draft', '', 'not sent'],
  ]);
});

it('a cancelled publication is not shown; an uncertain or failed one is shown as such', () => {
  expect(
    told(
      [
        copy({ state: 'cancelled' }),
        copy({ state: 'unknown', text: 'maybe' }),
        copy({ state: 'failed', text: 'no' }),
      ],
      [variant('x', 'no')],
    ),
  ).toEqual([
    ['perhaps', '@mira', 'maybe'],
    ['failed', '@mira', 'no'],
  ]);
});

it('the published parts of a thread are shown as they were sent, even if a later part was edited or left out', () => {
  const root = copy({ id: 'pub_1', text: 'one', parts: [{ text: 'two' }, { text: 'three' }] });
  const part = (id: string, followsId: string, over: Partial<PublicationItem>) =>
    copy({ id, followsId, kind: 'reply', ...over });
  const second = part('pub_1-02', 'pub_1', { text: 'two', parts: [{ text: 'three' }] });
  const mended = part('pub_1-03', 'pub_1-02', { text: 'three, mended', state: 'failed' });
  const parts = (publications: PublicationItem[]) =>
    shownOf({ publications, variants: [] })[0]?.parts.map((p) => p.text);
  expect(parts([root, second, mended])).toEqual(['two', 'three, mended']);
  expect(parts([root, { ...second, state: 'cancelled' }])).toEqual([]);
  expect(parts([root])).toEqual(['two', 'three']);
});

it('the same text with other options is shown apart, and is no draft', () => {
  const option = (value: string) => [
    {
      id: 'title',
      label: { verbatim: 'Title', text: 'Title' },
      value: { verbatim: value, text: value },
    },
  ];
  const publications = [
    copy({ shownOptions: option('Here') }),
    copy({ shownOptions: option('There'), connectionName: '@other' }),
  ];
  expect(
    shownOf({ publications, variants: [variant('x', 'sent words')] }).map(({ accounts, options }) => [
      accounts.join(),
      options[0]?.value.text,
    ]),
  ).toEqual([
    ['@mira', 'Here'],
    ['@other', 'There'],
  ]);
});
