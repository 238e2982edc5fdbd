import { expect, it } from 'vitest';
import { connectSandbox } from '@/server/domains/connections/testing';
import { samplePdf } from '@/server/domains/files/testing';
import { addMedia, schedulePictured } from '@/server/domains/uploads/testing';
import { type Pictured, pictured } from '@/tests/support/pictured';

let here: Pictured;
pictured((opened) => {
  here = opened;
});

it('pictures and documents go out ahead of their post, and their words with it', async () => {
  const { sandbox, world } = here;
  const done = await connectSandbox(sandbox, world.ctx, 'linkedin', 'leo-sandoval');
  const to = { connectionIds: done.connectionIds.slice(0, 1), platforms: ['linkedin'] };
  const pictures = [
    { fileId: await here.picture(), alt: 'A red fox' },
    { fileId: await here.picture(), alt: '' },
  ];
  const paper = await addMedia(world.ctx, samplePdf(1), 'prices.pdf');
  const posts = [
    await schedulePictured(world.ctx, { ...to, media: pictures, text: 'Two of them' }),
    await schedulePictured(world.ctx, {
      ...to,
      media: [{ fileId: paper, alt: 'Price list' }],
      text: 'A document',
    }),
  ];
  await here.turns();
  for (const [publication] of posts)
    expect(await here.state(publication?.id ?? '')).toMatchObject({ state: 'published', attempts: 1 });
  const [two] = await here.sent('linkedin', 'Two of them');
  expect(two?.media.map(({ altText }) => altText)).toEqual(['A red fox', '']);
  const [one] = await here.sent('linkedin', 'A document');
  expect(one?.media).toMatchObject([{ kind: 'document' }]);
});
