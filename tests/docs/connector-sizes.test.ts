import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isTestCode } from '@/scripts/imports.mjs';
import { faces } from '@/server/connectors/faces';
import type { Face } from '@/server/connectors/kit/face';

/** What a platform consists of, besides what it says about itself to the browser and to its users. */
const FILES = ['manifest.ts', 'wire.ts', 'transform.ts', 'index.ts'];

/**
 * The most lines that these files may have together. More than that belongs into the kit, where the next platform finds it.
 *
 * - A network takes posts and reports their figures.
 * - A channel only takes posts. The goal is 120; it is not reached because a bot's rights are checked in three requests before a channel is
 *   connected, and each kind of file is sent by an operation of its own, with fields of its own; its updates are received as well.
 * - A shop has listings, orders and an account. The answers that are read are twice as many as those of a network, and the tables of what the
 *   lines and the fees of its account are called are data of this one shop.
 */
const MOST = { network: 500, channel: 240, shop: 560 } as const;

const kindOf = (face: Face): keyof typeof MOST => {
  if (face.listing) return 'shop';
  return face.capabilities.includes('engagement') ? 'network' : 'channel';
};

const linesOf = (file: string): number =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;

/** Returns the lines of each of the files of a platform, and of all its code without tests. */
function sizesOf(id: string): { each: number[]; together: number; all: number } {
  const folder = path.join('server/connectors', id);
  const each = FILES.map((file) => linesOf(path.join(folder, file)));
  const code = readdirSync(folder).filter((file) => file.endsWith('.ts') && !isTestCode(file));
  return {
    each,
    together: each.reduce((sum, lines) => sum + lines, 0),
    all: code.reduce((sum, file) => sum + linesOf(path.join(folder, file)), 0),
  };
}

test('no connector says again what the kit could know', () => {
  const connected = Object.values<Face>(faces).filter(({ kind }) => kind === 'api');
  const rows = connected.map((face) => ({ id: face.id, kind: kindOf(face), ...sizesOf(face.id) }));
  const table = [
    ['platform', 'kind', ...FILES, 'together', 'most', 'all code'],
    ...rows.map(({ id, kind, each, together, all }) => [id, kind, ...each, together, MOST[kind], all]),
  ];
  console.log(
    table
      .map((row) =>
        row
          .map((cell) => String(cell).padEnd(13))
          .join('')
          .trimEnd(),
      )
      .join('\n'),
  );
  expect(rows.filter(({ kind, together }) => together > MOST[kind])).toEqual([]);
});
