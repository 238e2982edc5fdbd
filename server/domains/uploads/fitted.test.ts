import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { fileVersions, publicationMedia } from '@/db/schema';
import type { UploadInput } from '@/server/connectors/kit/types';
import { type Pictured, pictured } from '@/tests/support/pictured';
import { uploading } from '@/tests/support/platforms';
import { addMedia, schedulePictured } from './testing';
import { uploadMedia } from './upload-media';

let here: Pictured;
pictured((opened) => {
  here = opened;
});

const webp = (side: number, colour: number) =>
  sharp({ create: { width: side, height: side, channels: 3, background: { r: colour, g: 40, b: 200 } } })
    .webp()
    .toBuffer();

test('a picture of a type that the platform does not take is uploaded as one that it takes, from the same version at each step', async () => {
  const fileId = await addMedia(here.world.ctx, await webp(64, 1), 'fox.webp');
  const [publication] = await schedulePictured(here.world.ctx, {
    connectionIds: [here.facebook],
    platforms: ['facebook'],
    media: [{ fileId, alt: 'A fox' }],
  });
  const steps: UploadInput[] = [];
  const read: Buffer[] = [];
  const platforms = uploading(async ({ input }) => {
    steps.push(input);
    const at = steps.length === 1 ? 0 : 100;
    const part = Buffer.from(await input.read(at, steps.length === 1 ? 100 : input.bytes - 100));
    read.push(part);
    return steps.length === 1
      ? { state: 'uploading', progress: { at: 100 }, sent: 100 }
      : { state: 'ready', remoteId: 'r1', expiresAt: null };
  });
  await uploadMedia({
    ctx: { ...here.world.ctx, platforms },
    input: { publicationId: publication?.id ?? '' },
  });
  expect(steps.map(({ name, mime, alt, kind }) => [name, mime, alt, kind])).toEqual([
    ['fox.jpg', 'image/jpeg', 'A fox', 'picture'],
    ['fox.jpg', 'image/jpeg', 'A fox', 'picture'],
  ]);
  const sent = Buffer.concat(read);
  expect(sent.length).toBe(steps[0]?.bytes);
  expect(await sharp(sent).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 64 });
  const [row] = await here.db.asSystem((tx) =>
    tx
      .select()
      .from(publicationMedia)
      .where(eq(publicationMedia.publicationId, publication?.id ?? '')),
  );
  expect(row).toMatchObject({ state: 'ready', bytesSent: sent.length });
});

test('it arrives on the platform and is published', async () => {
  const fileId = await addMedia(here.world.ctx, await webp(32, 2));
  const [publication] = await schedulePictured(here.world.ctx, {
    connectionIds: [here.facebook],
    platforms: ['facebook'],
    media: [{ fileId }],
    text: 'Once a WebP',
  });
  await here.turns();
  expect((await here.state(publication?.id ?? '')).state).toBe('published');
  expect((await here.sent('facebook', 'Once a WebP'))[0]?.media).toHaveLength(1);
});

test('two posts with the same picture make one version, also at the same time', async () => {
  const fileId = await addMedia(here.world.ctx, await webp(48, 3));
  const ids: string[] = [];
  for (const text of ['One', 'Two']) {
    const [publication] = await schedulePictured(here.world.ctx, {
      connectionIds: [here.facebook],
      platforms: ['facebook'],
      media: [{ fileId }],
      text,
    });
    ids.push(publication?.id ?? '');
  }
  const sizes = new Set<number>();
  const platforms = uploading(async ({ input }) => {
    sizes.add(input.bytes);
    return { state: 'ready', remoteId: `r${input.bytes}`, expiresAt: null };
  });
  await Promise.all(
    ids.map((publicationId) =>
      uploadMedia({ ctx: { ...here.world.ctx, platforms }, input: { publicationId } }),
    ),
  );
  expect(sizes.size).toBe(1);
  const versions = await here.db.asSystem((tx) =>
    tx.select().from(fileVersions).where(eq(fileVersions.fileId, fileId)),
  );
  expect(versions).toHaveLength(1);
});
