import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ArchiveWriter } from './archive';
import { BackupError } from './format';
import { assertFree, targetOf } from './target';

const NOW = new Date('2026-03-02T10:00:00Z');
const NAME = 'tributary-20260302T100000Z.tar.gz.age';
let folder: string;
const at = (name: string) => path.join(folder, name);
const target = (to?: string) => targetOf(to, folder, NOW);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-target-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder, and a link to one, mean a file with the time in its name in it', async () => {
  mkdirSync(at('folder'));
  symlinkSync(at('folder'), at('link'));
  expect(await target()).toBe(at(NAME));
  for (const to of ['folder', 'folder/', at('folder')]) expect(await target(to)).toBe(at(`folder/${NAME}`));
  expect(await target('link')).toBe(at(`link/${NAME}`));
  expect(await target('a.age')).toBe(at('a.age'));
});

test('whatever is there already, or cannot be created there, is refused in plain words', async () => {
  writeFileSync(at('file'), 'something else');
  symlinkSync(at('elsewhere'), at('dangling'));
  symlinkSync(at('file'), at('to-file'));
  symlinkSync(at('circle'), at('circle'));
  mkdirSync(at(`folder/${NAME}`), { recursive: true });
  for (const [to, words] of [
    ['file', /already a file .*file\. Nothing was changed/],
    ['dangling', /already a link/],
    ['to-file', /already a link/],
    ['circle', /already a link/],
    ['folder', /already a folder/],
    ['file/', /file is not a folder/],
    ['file/a.age', /file is not a folder/],
    ['missing/', /folder .*missing does not exist/],
    ['missing/a.age', /folder .*missing does not exist/],
    ['dangling/a.age', /folder .*dangling does not exist/],
    ['', /--to needs/],
  ] as const) {
    const refused = await target(to).catch((error: unknown) => error);
    expect(refused, to).toBeInstanceOf(BackupError);
    expect((refused as Error).message).toMatch(words);
  }
  expect(existsSync(at('elsewhere'))).toBe(false);
});

test('a link that appears while a backup is made is neither followed nor replaced', async () => {
  const archive = await ArchiveWriter.create(at('a.age'), { passphrase: 'correct horse', workFactor: 1 });
  symlinkSync(at('elsewhere'), at('a.age'));
  await expect(archive.commit()).rejects.toThrow(/already a link/);
  await archive.abort();
  expect(readdirSync(folder)).toEqual(['a.age']);
  await expect(assertFree(at('a.age'))).rejects.toBeInstanceOf(BackupError);
});
