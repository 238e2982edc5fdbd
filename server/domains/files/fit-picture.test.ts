import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PictureLimits } from '@/server/connectors/kit/types';
import { fitPicture } from './fit-picture';

// @alone: the decoder is configured for the whole process

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-fit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pseudo-random pixels, which compress badly. */
function noise(width: number, height: number, channels: 3 | 4): Buffer {
  let state = 1;
  return Buffer.from(
    Uint8Array.from({ length: width * height * channels }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state >> 16;
    }),
  );
}
const raw = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp(noise(width, height, channels), { raw: { width, height, channels } });

let files = 0;
function source(content: Buffer, mime: string, width: number, height: number) {
  const file = path.join(folder, String(++files));
  writeFileSync(file, content);
  return { file, mime, width, height };
}
const limits = (more: Partial<PictureLimits> = {}): PictureLimits => ({
  bytes: 1_000_000,
  mimes: ['image/jpeg', 'image/png', 'image/webp'],
  ...more,
});
async function fitted(from: ReturnType<typeof source>, to: PictureLimits) {
  const picture = await fitPicture(from, to);
  if (!picture) throw new Error('It did not fit');
  expect(picture.content.byteLength).toBeLessThanOrEqual(to.bytes);
  expect(Math.max(picture.width, picture.height)).toBeLessThanOrEqual(
    to.longestSide ?? Number.POSITIVE_INFINITY,
  );
  expect(picture.width + picture.height).toBeLessThanOrEqual(to.bothSides ?? Number.POSITIVE_INFINITY);
  const seen = await sharp(picture.content).metadata();
  expect([`image/${seen.format}`, seen.width, seen.height]).toEqual([
    picture.mime,
    picture.width,
    picture.height,
  ]);
  return { ...picture, seen };
}

test('a picture with a few bytes too many keeps its sides and loses quality, and always becomes the same', async () => {
  const jpeg = await raw(1200, 900).jpeg({ quality: 100 }).toBuffer();
  const from = source(jpeg, 'image/jpeg', 1200, 900);
  const to = limits({ bytes: Math.floor(jpeg.byteLength * 0.6) });
  const first = await fitted(from, to);
  expect([first.width, first.height, first.mime]).toEqual([1200, 900, 'image/jpeg']);
  expect((await fitted(from, to)).content.equals(first.content)).toBe(true);
});

test('a picture that no quality makes small enough becomes smaller in pixels, with its shape', async () => {
  const jpeg = await raw(1600, 800).jpeg({ quality: 95 }).toBuffer();
  const { width, height } = await fitted(source(jpeg, 'image/jpeg', 1600, 800), limits({ bytes: 60_000 }));
  expect(width).toBeLessThan(1600);
  expect(width / height).toBeCloseTo(2, 1);
});

test('sides beyond a limit are made shorter: the longer one, or both together', async () => {
  const png = await raw(900, 300).png().toBuffer();
  const from = source(png, 'image/png', 900, 300);
  // A picture that is only too large in pixels stays lossless.
  expect(await fitted(from, limits({ longestSide: 300, bytes: 5_000_000 }))).toMatchObject({
    width: 300,
    height: 100,
    mime: 'image/png',
  });
  expect(await fitted(from, limits({ bothSides: 400, bytes: 5_000_000 }))).toMatchObject({
    width: 300,
    height: 100,
  });
});

test('a picture of another type is encoded as one that the platform takes', async () => {
  const webp = await raw(64, 64).webp().toBuffer();
  const from = source(webp, 'image/webp', 64, 64);
  expect((await fitted(from, limits({ mimes: ['image/png', 'image/jpeg'] }))).mime).toBe('image/jpeg');
  expect((await fitted(from, limits({ mimes: ['image/png'] }))).mime).toBe('image/png');
  expect(await fitPicture(from, limits({ mimes: ['image/gif'] }))).toBeNull();
});

test('it is turned upright, and its place and camera are left out', async () => {
  const jpeg = await raw(80, 40)
    .withExif({
      IFD0: { Make: 'Camera', Model: 'One' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect((await sharp(jpeg).metadata()).exif).toBeDefined();
  const { seen, width, height } = await fitted(
    source(jpeg, 'image/jpeg', 40, 80),
    limits({ longestSide: 60 }),
  );
  expect([width, height]).toEqual([30, 60]);
  expect([seen.exif, seen.xmp, seen.iptc, seen.icc, seen.orientation]).toEqual(Array(5).fill(undefined));
});

test('transparent parts stay, and become white only where nothing but JPEG is left', async () => {
  const png = await sharp({
    create: { width: 200, height: 200, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const from = source(png, 'image/png', 200, 200);
  const small = limits({ longestSide: 100 });
  for (const mimes of [
    ['image/png', 'image/jpeg'],
    ['image/webp', 'image/jpeg'],
  ]) {
    const { content, seen } = await fitted(from, { ...small, mimes });
    expect([seen.hasAlpha, (await sharp(content).stats()).isOpaque], mimes[0]).toEqual([true, false]);
  }
  const { content, mime } = await fitted(from, { ...small, mimes: ['image/jpeg'] });
  expect(mime).toBe('image/jpeg');
  const { channels } = await sharp(content).stats();
  expect(channels.map((c) => Math.round(c.mean))).toEqual([255, 255, 255]);
  // One whose channel of transparency hides nothing is a photo.
  const opaque = await raw(400, 400).ensureAlpha().png().toBuffer();
  expect((await fitted(source(opaque, 'image/png', 400, 400), limits({ bytes: 100_000 }))).mime).toBe(
    'image/jpeg',
  );
});

test('a transparent drawing fits where only PNG is taken', async () => {
  const png = await raw(500, 500, 4).png().toBuffer();
  const to = limits({ bytes: 100_000, mimes: ['image/png'] });
  const { seen } = await fitted(source(png, 'image/png', 500, 500), to);
  expect(seen.hasAlpha).toBe(true);
});

test('what cannot fit is reported, and a damaged file throws', async () => {
  const jpeg = await raw(64, 64).jpeg().toBuffer();
  expect(await fitPicture(source(jpeg, 'image/jpeg', 64, 64), limits({ bytes: 50 }))).toBeNull();
  const half = source(jpeg.subarray(0, 900), 'image/jpeg', 64, 64);
  await expect(fitPicture(half, limits({ longestSide: 32 }))).rejects.toThrow();
});
