import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDb } from './client';
import { OtherEmbeddedVersion } from './embedded-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-version-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(['16', '17', '19'])(
  'a folder of PostgreSQL %s is refused with instructions and left as it is',
  async (version) => {
    const dataDir = path.join(folder, 'pglite');
    mkdirSync(dataDir);
    writeFileSync(path.join(dataDir, 'PG_VERSION'), `${version}\n`);
    writeFileSync(path.join(dataDir, 'rows'), 'all of them');
    const refused = await openDb({ dataDir }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OtherEmbeddedVersion);
    expect(String(refused)).toContain(`PostgreSQL ${version}`);
    expect(String(refused)).toMatch(/npm run backup[\s\S]*docs\/backup\.md/);
    expect(readdirSync(dataDir).sort()).toEqual(['PG_VERSION', 'rows']);
    expect(readFileSync(path.join(dataDir, 'rows'), 'utf8')).toBe('all of them');
    // The folder is free again.
    expect(readdirSync(folder)).not.toContain('pglite.lock.json');
  },
);
