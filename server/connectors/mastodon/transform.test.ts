import { describe, expect, it } from 'vitest';
import { judgeStatus, statusOf, textOfContent } from './transform';
import type { Status } from './wire';

const status = (more: Partial<Status>): Status => ({
  id: '1',
  url: null,
  created_at: new Date('2026-03-02T10:00:00Z'),
  content: '<p>Tea</p>',
  media_attachments: [],
  ...more,
});

describe('textOfContent', () => {
  it.each([
    ['<p>One<br />two</p><p>three</p>', 'One\ntwo\n\nthree'],
    ['<p>a &lt;b&gt; &amp;amp; &#39;c&#39;</p>', "a <b> &amp; 'c'"],
    [
      '<p><a href="https://example.com/a"><span class="invisible">https://</span><span class="ellipsis">example.com/</span><span class="invisible">a?b=1&amp;c=2</span></a></p>',
      'https://example.com/a?b=1&c=2',
    ],
    ['<p><a href="x" class="mention hashtag" rel="tag">#<span>茶</span></a></p>', '#茶'],
    ['', ''],
    ['<p>1 &lt; 2 and 3 < 4</p>', '1 < 2 and 3 < 4'],
  ])('reads %s', (html, text) => expect(textOfContent(html)).toBe(text));
});

describe('judgeStatus', () => {
  it('accepts the text as the server shows it, with mentions without their server', () => {
    const content =
      '<p>By <span class="h-card"><a href="https://b.example/@leo" class="u-url mention">@<span>leo</span></a></span></p><p>Tea</p>';
    expect(judgeStatus(status({ content }), {}, 'By @leo@b.example\n\n\nTea')).toBe('same');
    expect(judgeStatus(status({ content }), {}, 'By @leo@b.example, coffee')).toBe('other');
  });

  it('is another post elsewhere in a thread, or a reblog', () => {
    expect(judgeStatus(status({ in_reply_to_id: '7' }), {}, 'Tea')).toBe('other');
    expect(judgeStatus(status({ in_reply_to_id: '7' }), { replyTo: '7' }, 'Tea')).toBe('same');
    expect(judgeStatus(status({}), { replyTo: '7' }, 'Tea')).toBe('other');
    expect(judgeStatus(status({ reblog: { id: '3' } }), {}, 'Tea')).toBe('other');
  });

  it('compares the warning, also where it has become the text', () => {
    const options = { warning: 'Food' };
    expect(judgeStatus(status({ spoiler_text: 'Food' }), { options }, 'Tea')).toBe('same');
    expect(judgeStatus(status({}), { options }, 'Tea')).toBe('other');
    expect(judgeStatus(status({ content: '<p>Food</p>' }), { options }, '')).toBe('same');
  });

  it('recognizes media by their ids alone', () => {
    const media = [{ remoteId: '5', kind: 'picture' as const }];
    const shown = status({ media_attachments: [{ id: '5' }] });
    expect(judgeStatus(shown, { media }, 'Edited since')).toBe('same');
    expect(judgeStatus(status({ media_attachments: [{ id: '6' }] }), { media }, 'Tea')).toBe('other');
    expect(judgeStatus(status({ media_attachments: [{ id: '6' }] }), {}, 'Tea')).toBe('other');
    // The same words without the media.
    expect(judgeStatus(status({}), { media }, 'Tea')).toBe('similar');
  });
});

describe('statusOf', () => {
  const options = {
    visibility: 'unlisted',
    sensitive: false,
    warning: ' ',
    pollAnswer1: 'Tea',
    pollAnswer2: '',
    pollAnswer3: 'Coffee ',
    pollLength: '3600',
    pollMultiple: false,
  };
  it('sends a poll with the answers that are filled in, and nothing that is empty', () => {
    expect(JSON.parse(JSON.stringify(statusOf('Which?', { options })))).toEqual({
      status: 'Which?',
      visibility: 'unlisted',
      poll: { options: ['Tea', 'Coffee'], expires_in: 3600, multiple: false },
    });
  });
  it('sends the poll of a thread with its first part only', () => {
    expect(statusOf('More', { options, replyTo: '1' })).not.toHaveProperty('poll');
  });
});
