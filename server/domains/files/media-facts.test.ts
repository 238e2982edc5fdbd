import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMediaFacts } from './media-facts';
import { sampleGif, sampleJpeg, sampleMp4, samplePng, sampleWebp } from './testing';

const facts = (bytes: Uint8Array) => {
  const whole = Buffer.from(bytes);
  return readMediaFacts(async (offset, length) => whole.subarray(offset, offset + length), whole.length);
};

describe('readMediaFacts', () => {
  it('tells kind and size from the header of each format', async () => {
    expect(await facts(samplePng(3, 2))).toMatchObject({
      kind: 'picture',
      mime: 'image/png',
      width: 3,
      height: 2,
    });
    expect(await facts(sampleJpeg(4000, 3000))).toMatchObject({
      mime: 'image/jpeg',
      width: 4000,
      height: 3000,
    });
    expect(await facts(sampleWebp(640, 480))).toMatchObject({ mime: 'image/webp', width: 640, height: 480 });
    expect(await facts(sampleGif(1))).toMatchObject({ kind: 'picture', mime: 'image/gif' });
    expect(await facts(sampleGif(12, 320, 200))).toEqual({
      kind: 'gif',
      mime: 'image/gif',
      extension: 'gif',
      label: 'GIF',
      width: 320,
      height: 200,
      durationMs: 1200,
    });
    expect(await facts(sampleMp4({ seconds: 12.5, width: 1280, height: 720 }))).toMatchObject({
      kind: 'video',
      mime: 'video/mp4',
      width: 1280,
      height: 720,
      durationMs: 12_500,
    });
  });

  it('finds the frame of a JPEG behind large segments, and the film behind its data', async () => {
    expect(await facts(sampleJpeg(10, 20, 300_000))).toMatchObject({ width: 10, height: 20 });
    expect(await facts(sampleMp4({ seconds: 1, width: 2, height: 2, padding: 500_000 }))).toMatchObject({
      durationMs: 1000,
    });
  });

  it('refuses what no post takes, in words', async () => {
    const refused = async (bytes: Uint8Array) => (await facts(bytes)) as { refused?: string };
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    for (const bytes of [
      svg,
      Buffer.from('MZ program'),
      Buffer.from('%PDF-1.7'),
      Buffer.from('PK\u0003\u0004'),
    ])
      expect((await refused(bytes)).refused).toMatch(/not one of these kinds: JPEG, PNG, WebP, GIF, MP4/);
    expect((await refused(sampleMp4({ seconds: 1, width: 1, height: 1, brand: 'qt  ' }))).refused).toMatch(
      /QuickTime/,
    );
    expect((await refused(sampleMp4({ seconds: 1, width: 1, height: 1, brand: 'heic' }))).refused).toMatch(
      /kinds/,
    );
    expect((await refused(sampleMp4({ seconds: 1, width: 0, height: 0 }))).refused).toMatch(/no picture/);
    const moving = Buffer.from(sampleWebp(1, 1));
    moving.write('VP8X', 12, 'latin1');
    moving[20] = 0x02;
    expect((await refused(moving)).refused).toMatch(/moves/);
  });

  it('refuses a size that would blow up whoever shows it', async () => {
    const bomb = samplePng(1, 1, [0, 0, 0], { width: 60_000, height: 60_000 });
    expect(bomb.length).toBeLessThan(100);
    expect(await facts(bomb)).toMatchObject({ refused: expect.stringContaining('60,000 × 60,000') });
    expect(await facts(sampleJpeg(65_000, 65_000))).toMatchObject({ refused: expect.any(String) });
    expect(await facts(samplePng(1, 1, [0, 0, 0], { width: 0, height: 5 }))).toMatchObject({
      refused: expect.any(String),
    });
  });

  it('ends with an answer for every beginning of a file and for every damage to it', async () => {
    const samples = [
      samplePng(3, 2),
      sampleJpeg(9, 9, 100),
      sampleGif(3),
      sampleWebp(5, 5),
      sampleMp4({ seconds: 2, width: 16, height: 9 }),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        async (sample, cut, damage) => {
          const bytes = Buffer.from(sample.subarray(0, cut % (sample.length + 1)));
          for (const [at, value] of damage) if (bytes.length > 0) bytes[at % bytes.length] = value;
          const answer = await facts(bytes);
          if (!('refused' in answer)) {
            expect(answer.width * answer.height).toBeGreaterThan(0);
            expect(answer.width * answer.height).toBeLessThanOrEqual(120_000_000);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
