import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Encrypter } from 'age-encryption';
import fc from 'fast-check';
import tar from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SnapshotHead } from '@/db/snapshot-format';
import { sha256 } from '@/server/foundation/crypto';
import { ArchiveWriter, readArchive } from './archive';
import { createBackup, type SnapshotSource } from './create';
import { BackupError, HEAD_ENTRY } from './format';
import { visitBackup } from './visit';

const passphrase = 'correct horse battery staple';
/** The cheapest key derivation, because its cost is not what is tested. */
const cheap = { passphrase, workFactor: 1 };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-archive-'));
  file = path.join(folder, 'a.age');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secrets = Object.fromEntries(
  ['authSecret', 'encryptionKeys', 'linkSigning', 'inngestSigningKey', 'stripeWebhookSecret'].map((name) => [
    name,
    name.repeat(5),
  ]),
) as unknown as Awaited<ReturnType<SnapshotSource>>;
const table = {
  schema: 'tributary' as const,
  name: 'files',
  columns: ['id', 'storage_key', 'still_key'].map((name) => ({ name, type: 'text' })),
};
const head: SnapshotHead = {
  takenAt: '2026-03-02T10:00:00.000Z',
  database: 'pglite',
  migrations: [{ hash: 'x', at: 1 }],
  tables: [table],
  sequences: [],
  leftOut: [],
};
const contents = ['first', 'second'.repeat(100_000)];
const keyOf = (content: string) => `${sha256(content).slice(0, 2)}/${sha256(content)}`;
const rows = contents.map((content, i) => JSON.stringify([`file ${i}`, keyOf(content), null]));

/** Makes a backup with two stored files, one of which is large. */
async function make(source: SnapshotSource = whole, to = file) {
  for (const content of contents) {
    const stored = path.join(folder, 'files', keyOf(content));
    mkdirSync(path.dirname(stored), { recursive: true });
    writeFileSync(stored, content);
  }
  return createBackup({ ...cheap, to, source, files: path.join(folder, 'files') });
}
const whole: SnapshotSource = async (sink) => {
  await sink.head(head);
  for (const row of rows) await sink.rows(table, [row]);
  return secrets;
};

test('what was written is read back, and only the owner can read the file', async () => {
  const report = await make();
  expect(report).toMatchObject({ rows: 2, files: { count: 2 }, missing: [], damaged: [] });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8').slice(0, 21)).toBe('age-encryption.org/v1');
  const seen: unknown[] = [];
  await visitBackup(file, passphrase, {
    rows: async (name, found) => void seen.push(name, ...found),
    secrets: async (found) => void seen.push(found),
  });
  expect(seen).toEqual(['tributary.files', rows[0], 'tributary.files', rows[1], secrets]);
});

test('another passphrase opens nothing', async () => {
  await make();
  await expect(visitBackup(file, `${passphrase}.`)).rejects.toThrow(/passphrase is not the one/);
});

test('a passphrase opens a backup however its letters, spaces and line end arrive', async () => {
  const composed = 'grüne Äpfel für Zoë';
  const decomposed = composed.normalize('NFD');
  const forms = [
    composed,
    decomposed,
    `${composed}\r`,
    `${decomposed}\n`,
    composed.replaceAll(' ', '\u00a0'),
  ];
  for (const made of forms) {
    rmSync(file, { force: true });
    const archive = await ArchiveWriter.create(file, { passphrase: made, workFactor: 1 });
    await archive.add('letter.txt', Buffer.from('a letter'));
    await archive.commit();
    for (const opened of forms) {
      const names: string[] = [];
      await readArchive(file, opened, async ({ name }) => void names.push(name));
      expect(names).toEqual(['letter.txt']);
    }
  }
});

test('a backup that was encrypted with the bytes as typed opens with these', async () => {
  for (const used of ['grüne Äpfel für Zoë'.normalize('NFD'), 'grüne\u00a0Äpfel für Zoë', 'grüne Äpfel\r']) {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(used);
    encrypter.setScryptWorkFactor(1);
    const packed = tar.pack();
    packed.entry({ name: 'letter.txt' }, 'a letter');
    packed.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of packed) chunks.push(chunk as Buffer);
    writeFileSync(file, await encrypter.encrypt(gzipSync(Buffer.concat(chunks))));
    const names: string[] = [];
    await readArchive(file, used, async ({ name }) => void names.push(name));
    expect(names).toEqual(['letter.txt']);
  }
});

test('a file that was cut off anywhere is refused', async () => {
  await make();
  const all = readFileSync(file);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: all.length - 1 }), async (length) => {
      writeFileSync(file, all.subarray(0, length));
      await expect(visitBackup(file, passphrase)).rejects.toBeInstanceOf(BackupError);
    }),
    { numRuns: 40, examples: [[0], [1], [100], [all.length - 1], [all.length - 17]] },
  );
});

test('a file that was changed anywhere is refused', async () => {
  await make();
  const all = readFileSync(file);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: all.length - 1 }), async (at) => {
      const changed = Buffer.from(all);
      changed.writeUInt8((changed.readUInt8(at) ^ 1) & 0xff, at);
      writeFileSync(file, changed);
      await expect(visitBackup(file, passphrase)).rejects.toBeInstanceOf(BackupError);
    }),
    { numRuns: 40 },
  );
});

test('something that is no backup is refused', async () => {
  writeFileSync(file, 'a letter');
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/not a backup/);
  await expect(visitBackup(folder, passphrase)).rejects.toBeInstanceOf(BackupError);
  rmSync(file);
  const archive = await ArchiveWriter.create(file, cheap);
  await archive.add('letter.txt', Buffer.from('a letter'));
  await archive.commit();
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/not a backup/);
});

test('a complete archive without the last part is refused', async () => {
  const archive = await ArchiveWriter.create(file, cheap);
  await archive.add(HEAD_ENTRY, Buffer.from(JSON.stringify({ format: 1, version: '1', snapshot: head })));
  await archive.commit();
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/not complete/);
});

test('a backup of a later format is refused by name', async () => {
  const archive = await ArchiveWriter.create(file, cheap);
  await archive.add(HEAD_ENTRY, Buffer.from(JSON.stringify({ format: 2, anything: 'else' })));
  await archive.commit();
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/newer version/);
});

test('an existing file is never replaced', async () => {
  writeFileSync(file, 'something else');
  await expect(make()).rejects.toThrow(/already/);
  expect(readFileSync(file, 'utf8')).toBe('something else');
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a file of the same name that appears meanwhile is not replaced either', async () => {
  const source: SnapshotSource = async (sink) => {
    writeFileSync(file, 'something else');
    return whole(sink);
  };
  await expect(make(source)).rejects.toThrow();
  expect(readFileSync(file, 'utf8')).toBe('something else');
});

test('an interrupted backup leaves nothing', async () => {
  const source: SnapshotSource = async (sink) => {
    await sink.head(head);
    expect(existsSync(file)).toBe(false);
    throw new Error('the database has gone');
  };
  await expect(make(source)).rejects.toThrow('the database has gone');
  expect(readdirSync(folder)).toEqual(['files']);
});

test('a disk on which nothing can be written fails the backup with its own error', async () => {
  if (!existsSync('/dev/full')) return;
  const archive = await ArchiveWriter.create(file, cheap);
  const full = await open('/dev/full', 'w');
  const { handle } = archive as unknown as { handle: FileHandle };
  handle.writeFile = (chunk: Uint8Array) => full.writeFile(chunk);
  await expect(
    (async () => {
      for (let i = 0; i < 200; i++)
        await archive.add(`part ${i}`, crypto.getRandomValues(new Uint8Array(65_536)));
      await archive.commit();
    })(),
  ).rejects.toMatchObject({ code: 'ENOSPC' });
  await archive.abort();
  await full.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('files that are missing or changed are left out and named', async () => {
  const source: SnapshotSource = async (sink) => {
    const secret = await whole(sink);
    rmSync(path.join(folder, 'files', keyOf(contents[0] ?? '')));
    writeFileSync(path.join(folder, 'files', keyOf(contents[1] ?? '')), 'changed');
    return secret;
  };
  const report = await make(source);
  expect(report).toMatchObject({
    files: { count: 0 },
    missing: [keyOf(contents[0] ?? '')],
    damaged: [keyOf(contents[1] ?? '')],
  });
  const { manifest } = await visitBackup(file, passphrase);
  expect(manifest.missing).toEqual(report.missing);
});

interface Part {
  name: string;
  text?: string;
  /** Beside what ArchiveWriter writes. */
  header?: Partial<tar.Header>;
}
/** Writes an archive of these parts, as somebody who knows the passphrase might make it. */
async function forge(parts: readonly Part[], end = Buffer.alloc(0)) {
  const packed = tar.pack();
  for (const { name, text = '', header } of parts) packed.entry({ name, ...header }, text);
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed) chunks.push(chunk as Buffer);
  await seal(Buffer.concat([...chunks, end]));
}
async function seal(bytes: Buffer) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(1);
  writeFileSync(file, await encrypter.encrypt(gzipSync(bytes)));
}
/** A header with any name and size. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size.toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  return header;
}
const headPart = {
  name: HEAD_ENTRY,
  text: JSON.stringify({ format: 1, version: '1', snapshot: head }),
};
const secretsPart = { name: 'secrets.json', text: JSON.stringify(secrets) };
const rowsPart = (number: string, text = `${rows[0]}\n`) => ({
  name: `tables/tributary.files/${number}.jsonl`,
  text,
});
const filePart = { name: `files/${keyOf('first')}`, text: 'first' };

test.each<[string, Part[], RegExp]>([
  [
    'an extended header',
    [{ name: 'x', header: { pax: { comment: 'long '.repeat(1_000_000) } } }],
    /unexpected/,
  ],
  ['a link', [headPart, { name: 'x', header: { type: 'symlink', linkname: '/etc/passwd' } }], /unexpected/],
  ['a folder', [headPart, { name: 'files/', header: { type: 'directory' } }], /unexpected/],
  ['a part twice', [headPart, rowsPart('000001'), rowsPart('000001')], /unexpected: tables/],
  ['a part out of its order', [headPart, rowsPart('000002')], /unexpected: tables/],
  ['rows after the keys', [headPart, secretsPart, rowsPart('000001')], /unexpected: tables/],
  ['a file twice', [headPart, secretsPart, filePart, filePart], /unexpected: files/],
  ['files before the keys', [headPart, filePart], /unexpected: files/],
  ['empty rows', [headPart, rowsPart('000001', '\n'.repeat(1_000_000))], /no row/],
  ['a part without rows', [headPart, rowsPart('000001', '')], /without rows/],
])('an archive with %s is refused', async (_, parts, words) => {
  await forge(parts);
  await expect(visitBackup(file, passphrase)).rejects.toThrow(words);
});

test('what follows the end of an archive is refused', async () => {
  await forge([headPart], Buffer.alloc(100_000));
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/cannot be read to its end/);
  await forge([headPart], Buffer.from('more'));
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/cannot be read to its end/);
});

test('a part that says it is too large is refused before it is read', async () => {
  for (const [name, size] of [
    [HEAD_ENTRY, 17 * 1024 * 1024],
    ['tables/tributary.files/000001.jsonl', 300 * 1024 * 1024],
    [`files/${keyOf('first')}`, 7 * 1024 ** 3],
  ] as const) {
    // There is nothing to read.
    await seal(tarHeader(name, size));
    await expect(visitBackup(file, passphrase)).rejects.toThrow(/larger than Tributary makes any/);
  }
});

test('names from an archive cannot control the terminal', async () => {
  const head = Buffer.from(headPart.text.padEnd(512));
  await seal(Buffer.concat([tarHeader(HEAD_ENTRY, 512), head, tarHeader('a\u001b[2J\u202eb\nc', 0)]));
  await expect(visitBackup(file, passphrase)).rejects.toThrow('unexpected: a b c. Nothing was changed.');
});

test('a file without an end, or with a header without one, is refused', async () => {
  if (existsSync('/dev/zero'))
    await expect(visitBackup('/dev/zero', passphrase)).rejects.toThrow(/not a backup/);
  writeFileSync(file, `age-encryption.org/v1\n-> scrypt ${'a'.repeat(1_000_000)}\n---`);
  await expect(visitBackup(file, passphrase)).rejects.toThrow(/not a backup/);
});

test("a reader's own error is not taken for damage", async () => {
  await make();
  await expect(
    readArchive(file, passphrase, async () => {
      throw new Error('no room in the database');
    }),
  ).rejects.toThrow('no room in the database');
});
