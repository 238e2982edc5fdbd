import { execFileSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArchiveWriter, readArchive } from './archive';

/**
 * A second implementation of the parts of https://age-encryption.org/v1 that a passphrase needs, so that backups are known to be age files
 * whatever the library does.
 */
const CIPHER = 'chacha20-poly1305';
const CHUNK = 64 * 1024;
const TAG = 16;
const LABEL = 'age-encryption.org/v1/scrypt';
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
const derived = (fileKey: Buffer, salt: Uint8Array, info: string) =>
  Buffer.from(hkdfSync('sha256', fileKey, salt, info, 32));
const wrapKey = (passphrase: string, salt: Buffer, logN: number) =>
  scryptSync(passphrase, Buffer.concat([Buffer.from(LABEL), salt]), 32, {
    N: 2 ** logN,
    r: 8,
    p: 1,
    maxmem: 2 ** 30,
  });
const macOf = (fileKey: Buffer, header: string) =>
  createHmac('sha256', derived(fileKey, Buffer.alloc(0), 'header'))
    .update(header)
    .digest();

function open(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
}
function seal(key: Buffer, nonce: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
function chunkNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
}
const pieces = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.max(1, Math.ceil(bytes.length / size)) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );

function decrypt(file: Buffer, passphrase: string): Buffer {
  const [, header = '', salt = '', logN = '', body = '', mac = ''] =
    /^(age-encryption\.org\/v1\n-> scrypt (\S{22}) (\d+)\n(\S{43})\n---) (\S{43})\n/.exec(
      file.toString('latin1', 0, 400),
    ) ?? [];
  const wrapping = wrapKey(passphrase, Buffer.from(salt, 'base64'), Number(logN));
  const fileKey = open(wrapping, Buffer.alloc(12), Buffer.from(body, 'base64'));
  expect(base64(macOf(fileKey, header))).toBe(mac);
  const payload = file.subarray(header.length + mac.length + 2);
  const key = derived(fileKey, payload.subarray(0, 16), 'payload');
  const sealed = pieces(payload.subarray(16), CHUNK + TAG);
  return Buffer.concat(sealed.map((chunk, i) => open(key, chunkNonce(i, i === sealed.length - 1), chunk)));
}

function encrypt(plain: Buffer, passphrase: string): Buffer {
  const fileKey = randomBytes(16);
  const salt = randomBytes(16);
  const body = seal(wrapKey(passphrase, salt, 10), Buffer.alloc(12), fileKey);
  const header = `age-encryption.org/v1\n-> scrypt ${base64(salt)} 10\n${base64(body)}\n---`;
  const nonce = randomBytes(16);
  const key = derived(fileKey, nonce, 'payload');
  const chunks = pieces(plain, CHUNK);
  return Buffer.concat([
    Buffer.from(`${header} ${base64(macOf(fileKey, header))}\n`),
    nonce,
    ...chunks.map((chunk, i) => seal(key, chunkNonce(i, i === chunks.length - 1), chunk)),
  ]);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-age-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const passphrase = 'grüne Äpfel für Zoë';
/** Several chunks, after compression as well. */
const large = randomBytes(200_000);

test('another implementation of age and tar open what is written', async () => {
  const file = path.join(folder, 'written.age');
  const archive = await ArchiveWriter.create(file, {
    passphrase: passphrase.normalize('NFD'),
    workFactor: 10,
  });
  await archive.add('letter.txt', Buffer.from('a letter'));
  await archive.add('files/large', large);
  await archive.commit();
  execFileSync('tar', ['-xzf', '-', '-C', folder], { input: decrypt(readFileSync(file), passphrase) });
  expect(readFileSync(path.join(folder, 'letter.txt'), 'utf8')).toBe('a letter');
  expect(readFileSync(path.join(folder, 'files', 'large')).equals(large)).toBe(true);
});

test('what another implementation of age and tar write is read', async () => {
  const file = path.join(folder, 'read.age');
  writeFileSync(path.join(folder, 'one'), large);
  const packed = execFileSync('tar', ['-czf', '-', '--format=ustar', '-C', folder, 'one']);
  writeFileSync(file, encrypt(packed, passphrase));
  const seen: [string, Buffer][] = [];
  await readArchive(file, passphrase, async ({ name, content }) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    seen.push([name, Buffer.concat(chunks)]);
  });
  expect(seen).toEqual([['one', large]]);
});
