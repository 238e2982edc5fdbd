import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAll, openModes } from '@/tests/support/modes';
import { makeFilesPrivate, restrictPermissions } from './private-files';

let folder: string;
let mask: number;
beforeEach(() => {
  mask = process.umask();
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-private-'));
});
afterEach(() => {
  process.umask(mask);
  rmSync(folder, { recursive: true, force: true });
});

test('removes the rights of others from folders and files at every depth, and leaves links and their targets alone', () => {
  const data = path.join(folder, 'data');
  mkdirSync(path.join(data, 'files', 'ab'), { recursive: true });
  for (const name of ['secrets.json', 'files/ab/abcd']) writeFileSync(path.join(data, name), 'x');
  const outside = path.join(folder, 'outside');
  writeFileSync(outside, 'not ours');
  chmodSync(outside, 0o644);
  symlinkSync(outside, path.join(data, 'link'));
  symlinkSync(folder, path.join(data, 'files', 'up'));
  openAll(data);
  expect(openModes(data)).toHaveLength(5);
  expect(restrictPermissions(data)).toEqual([]);
  expect(openModes(data)).toEqual([]);
  expect(lstatSync(outside).mode & 0o777).toBe(0o644);
  expect(lstatSync(folder).mode & 0o777).toBe(0o700);
});

test('does not change modes that are already right', () => {
  const file = path.join(folder, 'kept');
  writeFileSync(file, 'x', { mode: 0o600 });
  const { ctimeNs } = lstatSync(file, { bigint: true });
  restrictPermissions(folder);
  expect(lstatSync(file, { bigint: true }).ctimeNs).toBe(ctimeNs);
});

test('everything created afterwards is private, whatever mode is requested', () => {
  process.umask(0);
  makeFilesPrivate();
  mkdirSync(path.join(folder, 'made'), 0o777);
  writeFileSync(path.join(folder, 'made', 'file'), 'x', { mode: 0o666 });
  expect(openModes(path.join(folder, 'made'))).toEqual([]);
});
