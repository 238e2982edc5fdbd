import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { english } from '@/i18n/words';
import { facebookManifest } from '@/server/connectors/facebook/manifest';
import { type MediaFile, mediaProblems } from '@/server/connectors/kit/media';
import { InWords } from '@/tests/support/in-words';
import { useMediaProblem } from './media-problem';

const media: MediaFile[] = [
  { kind: 'document', mime: 'application/pdf', bytes: 1000, width: 0, height: 0, durationMs: null, alt: '' },
  { kind: 'gif', mime: 'image/gif', bytes: 1e9, width: 100, height: 100, durationMs: 900, alt: '' },
  { kind: 'video', mime: 'video/mp4', bytes: 1000, width: 100, height: 100, durationMs: 2e7, alt: '' },
];

test('the browser describes media problems like the server, with the same lists, sizes and times', () => {
  const problems = mediaProblems('Facebook', facebookManifest.post.media, media).map((p) => p.message);
  const All = () => {
    const say = useMediaProblem();
    return problems.map(say).join('\n');
  };
  const words = problems.map((problem) => english(problem));
  expect(words).toHaveLength(4);
  expect(words.join()).toContain('1 GIF, 1 video and 1 document');
  expect(
    renderToStaticMarkup(
      <InWords>
        <All />
      </InWords>,
    ),
  ).toBe(words.join('\n'));
});
