import { beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { activity } from '@/db/schema';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { createWorld } from '@/tests/support/world';
import { recordActivity } from './record-activity';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});

test('a text truncated inside a character does not roll back the change that the activity records', async () => {
  const world = await createWorld(db);
  const cut = '😀'.slice(0, 1);
  await db.asWorkspace(world.workspaceId, (tx) =>
    recordActivity(tx, world.ctx, {
      verb: 'post.edited',
      subjectType: 'post',
      subjectId: 'pst_1',
      summary: plain(`Edited ${cut}`),
      before: { text: `old ${cut}` },
      after: { text: 'new' },
    }),
  );
  const [row] = await db.asSystem((tx) => tx.select().from(activity));
  expect(row).toMatchObject({
    summary: 'Edited ',
    before: { text: 'old ' },
    after: { text: 'new' },
  });
});
