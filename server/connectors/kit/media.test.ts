import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facebookManifest } from '../facebook/manifest';
import { manifests } from '../manifests';
import { xManifest } from '../x/manifest';
import { acceptedMedia, losesDetail, type MediaFile, mediaProblems, pictureFits } from './media';
import type { MediaLimits } from './types';

const X: MediaLimits = xManifest.post.media;
const PAGE: MediaLimits = facebookManifest.post.media;
const MB = 1024 * 1024;
const picture = (more: Partial<MediaFile> = {}): MediaFile => ({
  kind: 'picture',
  mime: 'image/jpeg',
  bytes: 1000,
  width: 100,
  height: 100,
  durationMs: null,
  alt: '',
  ...more,
});
const video = (more: Partial<MediaFile> = {}) =>
  picture({ kind: 'video', mime: 'video/mp4', durationMs: 10_000, ...more });
const gif = (more: Partial<MediaFile> = {}) =>
  picture({ kind: 'gif', mime: 'image/gif', durationMs: 900, ...more });
const document = (more: Partial<MediaFile> = {}) =>
  picture({ kind: 'document', mime: 'application/pdf', width: 0, height: 0, ...more });
const PDF: MediaLimits = {
  ...X,
  document: { bytes: 100 * MB, mimes: ['application/pdf'] },
  alt: { characters: 1000, kinds: ['document'] },
};
const said = (media: MediaFile[], limits: MediaLimits | null = X, name = 'X') =>
  mediaProblems(name, limits, media).map((p) => p.message);

describe('mediaProblems', () => {
  it('explains each problem in a message', () => {
    expect(acceptedMedia('X', X)).toEqual('X accepts up to 4 pictures, or one GIF, or one video.');
    expect(said([picture(), picture(), picture(), picture(), picture()])).toEqual([
      'X accepts up to 4 pictures, or one GIF, or one video. This post has 5 pictures.',
    ]);
    expect(said([picture(), gif(), video()])).toEqual([
      'X accepts up to 4 pictures, or one GIF, or one video. This post has 1 picture, 1 GIF and 1 video.',
    ]);
    expect(said([gif({ width: 2000 })])).toEqual([
      'X accepts GIFs of up to 1280 × 1080 pixels, and this is 2000 × 100.',
    ]);
    expect(said([video({ durationMs: 141_000 })])).toEqual([
      'X accepts videos of up to 2 minutes 20 seconds, and this one is 2 minutes 21 seconds long.',
    ]);
    expect(said([video({ width: 4000 })])).toEqual([
      'X accepts videos up to 3 times as wide as they are high, and this is 4000 × 100.',
    ]);
    expect(said([video({ height: 4000 })])).toEqual([
      'X accepts videos up to 3 times as high as they are wide, and this is 100 × 4000.',
    ]);
    expect(said([document()])).toEqual([
      'X does not accept documents. Remove the PDF, or send it to another platform.',
    ]);
    expect(said([document({ bytes: 101 * MB })], PDF, 'It')).toEqual([
      'It accepts documents of up to 100 MB, and this is 101 MB.',
    ]);
    expect(said([document({ mime: 'text/plain' })], PDF, 'It')).toEqual([
      'It does not accept documents of this type.',
    ]);
    expect(said([document({ alt: 'x'.repeat(1001) })], PDF, 'It')).toEqual([
      'The title has 1001 characters, and It allows 1000.',
    ]);
    expect(said([document(), picture()], PDF, 'It')).toEqual([
      'It accepts up to 4 pictures, or one GIF, or one video, or one document. This post has 1 picture and 1 document.',
    ]);
    expect(said([document()], PDF, 'It')).toEqual([]);
    expect(said([picture({ alt: 'x'.repeat(1001) })])).toEqual([
      'The description has 1001 characters, and X allows 1000.',
    ]);
    expect(said([picture()], null, 'Etsy')).toEqual(['Etsy does not accept pictures here.']);
    expect(said([video()], null, 'Etsy')).toEqual(['Etsy does not accept videos here.']);
    expect(said([document()], null, 'Etsy')).toEqual(['Etsy does not accept documents here.']);
    expect(said([video(), gif(), picture(), picture()], null, 'Etsy')).toEqual([
      'Etsy does not accept pictures, GIFs or videos here.',
    ]);
    expect(said([])).toEqual([]);
    expect(acceptedMedia('It', { ...X, pictures: { ...X.pictures, most: 1 }, gif: null })).toEqual(
      'It accepts one picture, or one video.',
    );
  });

  it('never displays an excessive size as if it were the limit', () => {
    expect(said([gif({ bytes: 15 * MB + 1 })])).toEqual([
      'X accepts GIFs of up to 15 MB, and this is 15.1 MB.',
    ]);
    expect(said([video({ bytes: 10 * 1024 * MB + 1 })], PAGE, 'Facebook')).toEqual([
      'Facebook accepts videos of up to 10 GB, and this is 10.1 GB.',
    ]);
    expect(said([gif({ bytes: 15 * MB })])).toEqual([]);
  });

  it('formats durations in hours, minutes and seconds', () => {
    expect(said([video({ durationMs: 400 })], PAGE, 'Facebook')).toEqual([
      'Facebook accepts videos of at least 1 second, and this one is 0.4 seconds long.',
    ]);
    expect(said([video({ durationMs: 14_401_000 })], PAGE, 'Facebook')).toEqual([
      'Facebook accepts videos of up to 4 hours, and this one is 4 hours 1 second long.',
    ]);
    const hour: MediaLimits = { ...PAGE, video: { bytes: MB, seconds: [60, 3600], aspect: null } };
    expect(said([video({ durationMs: 3_661_000 })], hour, 'It')).toEqual([
      'It accepts videos of up to 1 hour, and this one is 1 hour 1 minute 1 second long.',
    ]);
  });

  it('checks the frames of a GIF, and the sides of a video in either orientation', () => {
    expect(said([gif({ frames: 351 })])).toEqual([
      'X accepts GIFs of up to 350 frames, and this has 351. Make it shorter.',
    ]);
    expect(said([gif({ frames: 350, width: 1000, height: 1000 })])).toEqual([
      'X accepts GIFs of up to 300 million pixels across all frames, and this has 350 million. Make it smaller or shorter.',
    ]);
    expect(said([gif({ frames: null, width: 1000, height: 1000 })])).toEqual([]);
    expect(said([video({ width: 720, height: 1280 }), picture()])).toHaveLength(1);
    for (const [width, height] of [
      [1280, 1024],
      [1024, 1280],
      [720, 1280],
      [32, 32],
    ])
      expect(said([video({ width, height } as Partial<MediaFile>)])).toEqual([]);
    expect(said([video({ width: 1920, height: 1080 })])).toEqual([
      'X accepts videos of up to 1280 × 1024 pixels, and this is 1920 × 1080.',
    ]);
    expect(said([video({ width: 40, height: 30 })])).toEqual([
      'X accepts videos of at least 32 × 32 pixels, and this is 40 × 30.',
    ]);
    expect(said([video({ width: 1920, height: 1080 })], PAGE, 'Facebook')).toEqual([]);
  });

  it('names the subject of each problem, and counts descriptions in UTF-16 units', () => {
    const media = [picture(), gif({ bytes: 20 * MB, alt: '🦊'.repeat(501) }), video()];
    expect(mediaProblems('X', X, media).map(({ index, about }) => [index, about])).toEqual([
      [null, 'all'],
      [1, 'file'],
      [1, 'description'],
    ]);
    expect(said([picture({ alt: '🦊'.repeat(500) })])).toEqual([]);
    // X has no descriptions for videos.
    expect(said([video({ alt: 'x'.repeat(1001) })])).toEqual([]);
  });

  it('accepts only lists within every limit', () => {
    const one = fc.record({
      kind: fc.constantFrom<MediaFile['kind']>('picture', 'gif', 'video', 'document'),
      mime: fc.constantFrom('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'video/mp4'),
      bytes: fc.integer({ min: 1, max: 700 * MB }),
      width: fc.integer({ min: 1, max: 5000 }),
      height: fc.integer({ min: 1, max: 5000 }),
      durationMs: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 300_000 })),
      frames: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 500 })),
      alt: fc.string({ maxLength: 1100 }),
    });
    const small = fc.record({ kind: fc.constant<MediaFile['kind']>('picture') }).map(() => picture());
    fc.assert(
      fc.property(
        fc.constantFrom(X, PAGE),
        fc.array(fc.oneof(one, small), { maxLength: 12 }),
        (limits, media) => {
          if (mediaProblems('It', limits, media).length > 0) return;
          const pictures = media.filter((m) => m.kind === 'picture').length;
          expect(pictures === media.length ? pictures <= limits.pictures.most : media.length === 1).toBe(
            true,
          );
          for (const m of media) {
            const most = {
              // Made to fit.
              picture: Number.POSITIVE_INFINITY,
              document: 0,
              gif: limits.gif?.bytes ?? 0,
              video: limits.video?.bytes ?? 0,
            };
            expect(m.bytes).toBeLessThanOrEqual(most[m.kind]);
            if (m.kind === 'gif')
              expect(m.frames ?? 0).toBeLessThanOrEqual(limits.gif?.frames ?? Number.POSITIVE_INFINITY);
            if (m.kind === 'video')
              expect(Math.max(m.width, m.height)).toBeLessThanOrEqual(limits.video?.largest?.[0] ?? 5000);
            if (m.kind === 'video')
              expect((m.durationMs ?? 0) / 1000).toBeLessThanOrEqual(limits.video?.seconds[1] ?? 0);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('pictureFits', () => {
  const limits = { bytes: 1000, longestSide: 200, bothSides: 300, mimes: ['image/jpeg'] };
  it.each([
    ['everything at the limit', { width: 200, height: 100 }, true],
    ['too many bytes', { bytes: 1001 }, false],
    ['a side that is too long', { width: 201, height: 1 }, false],
    ['sides that are too long together', { width: 151, height: 150 }, false],
    ['another type', { mime: 'image/webp' }, false],
  ])('%s', (_, more, fits) => {
    expect(pictureFits(limits, picture(more))).toBe(fits);
    // A picture that does not fit is made to, so it is no problem.
    expect(said([picture(more)], { ...X, pictures: { most: 1, ...limits } })).toEqual([]);
  });
});

describe('losesDetail', () => {
  const limits = (more: object = {}): MediaLimits => ({
    ...X,
    pictures: { most: 1, bytes: 1000, mimes: ['image/jpeg'], ...more },
  });
  it.each([
    ['a picture that fits', {}, {}, false],
    ['a few times too many bytes', { bytes: 8000 }, {}, false],
    ['many times too many bytes', { bytes: 8001 }, {}, true],
    ['sides that are a few times too long', { width: 400 }, { longestSide: 100 }, false],
    ['sides that are many times too long', { height: 401 }, { longestSide: 100 }, true],
    ['a video', { kind: 'video', bytes: 1e9 }, {}, false],
  ] as const)('%s', (_, more, of, expected) => {
    expect(losesDetail(limits(of), picture(more))).toBe(expected);
  });
});

describe('the ways in which platforms take media', () => {
  it.each(Object.values(manifests).map((m) => [m.id, m] as const))(
    '%s declares what goes together',
    (_, m) => {
      const media = 'post' in m && m.post && 'media' in m.post ? (m.post.media as MediaLimits) : null;
      const uploads = (m.capabilities as readonly string[]).includes('upload');
      expect(uploads).toBe(media?.way === 'ahead');
      if (!media) return;
      expect(media.pictures.mimes.some((mime) => /^image\/(jpeg|png|webp)$/.test(mime))).toBe(true);
    },
  );
});
