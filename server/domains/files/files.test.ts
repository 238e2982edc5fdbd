import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { files } from '@/db/schema';
import { resetEnv } from '@/server/foundation/env';
import { freshDb } from '@/tests/support/db';
import { actingAs, createWorld } from '@/tests/support/world';
import { detectKind, HEAD_BYTES } from './detect-kind';
import { attachmentHeader, safeFileName } from './file-name';
import { MAX_FILE_BYTES } from './limits';
import { downloadFile } from './read-file';
import { saveFile } from './save-file';
import { storeFolder } from './store';
import { sampleGif, sampleJpeg, samplePng } from './testing';
import { uploadFile } from './upload';

let db: Db;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tributary-files-'));
  process.env.TRIBUTARY_DATA_DIR = folder;
  resetEnv();
  db = await freshDb();
});
afterAll(async () => {
  await db.close();
  delete process.env.TRIBUTARY_DATA_DIR;
  resetEnv();
  rmSync(folder, { recursive: true, force: true });
});

async function* stream(...parts: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}
const incoming = () =>
  existsSync(path.join(folder, 'files', 'incoming'))
    ? readdirSync(path.join(folder, 'files', 'incoming'))
    : [];
const pdf = { mime: 'application/pdf', extension: 'pdf', label: 'PDF' };

describe('saveFile', () => {
  it('stores a PDF that arrives in small pieces and returns it', async () => {
    const { ctx } = await createWorld(db);
    const file = await saveFile({
      ctx,
      input: { name: 'plan.pdf', content: stream('%P', 'DF-1.7', '\nbody') },
    });
    expect(file).toMatchObject({ name: 'plan.pdf', mime: 'application/pdf', bytes: 13 });
    const read = await downloadFile(ctx, { id: file.id });
    expect(await new Response(read.content as BodyInit).text()).toBe('%PDF-1.7\nbody');
    expect(read.bytes).toBe(13);
    const again = await saveFile({ ctx, input: { name: 'plan.pdf', content: stream('%PDF-1.7\nbody') } });
    expect(again.id).toBe(file.id);
    expect(incoming()).toEqual([]);
  });

  it('streams a download in small pieces, and fails it if the stored content was changed', async () => {
    const { ctx } = await createWorld(db);
    const content = `%PDF-1.7\n${'x'.repeat(600 * 1024)}`;
    const file = await saveFile({ ctx, input: { name: 'large.pdf', content: stream(content) } });
    const reader = (await downloadFile(ctx, { id: file.id })).content.getReader();
    expect((await reader.read()).value?.byteLength).toBe(256 * 1024);
    await reader.cancel();
    const [row] = await db.asSystem((tx) => tx.select().from(files).where(eq(files.id, file.id)));
    writeFileSync(path.join(storeFolder(), row?.storageKey ?? ''), content.replace('xx', 'yy'));
    const changed = await downloadFile(ctx, { id: file.id });
    await expect(new Response(changed.content as BodyInit).text()).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('checks the content and not the name', async () => {
    const { ctx } = await createWorld(db);
    const save = (name: string, ...parts: (string | Uint8Array)[]) =>
      saveFile({ ctx, input: { name, content: stream(...parts) } });
    await expect(save('evil.pdf', 'MZ this is a program')).rejects.toMatchObject({ code: 'invalid' });
    await expect(save('page.pdf', '<html><script>')).rejects.toMatchObject({ code: 'invalid' });
    await expect(save('empty.pdf')).rejects.toThrow('This file is empty.');
    expect((await save('program.exe', '%PDF-1.4 x')).name).toBe('program.exe.pdf');
    expect(incoming()).toEqual([]);
  });

  it('stops at 20 MB and leaves nothing behind', async () => {
    const { ctx } = await createWorld(db);
    let given = 0;
    async function* endless(): AsyncIterable<Uint8Array> {
      yield Buffer.from('%PDF-1.7');
      for (;;) {
        given += 1024 * 1024;
        yield new Uint8Array(1024 * 1024);
      }
    }
    await expect(saveFile({ ctx, input: { name: 'big.pdf', content: endless() } })).rejects.toThrow('20 MB');
    expect(given).toBeLessThanOrEqual(MAX_FILE_BYTES + 1024 * 1024);
    expect(incoming()).toEqual([]);
  });

  it('is closed to viewers and to other workspaces', async () => {
    const mine = await createWorld(db);
    const other = await createWorld(db);
    const viewer = await actingAs(mine, 'viewer');
    const content = stream('%PDF-1.7');
    await expect(uploadFile(viewer, { name: 'a.pdf', content })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const file = await saveFile({ ctx: mine.ctx, input: { name: 'a.pdf', content: stream('%PDF-1.7') } });
    await expect(downloadFile(other.ctx, { id: file.id })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('names', () => {
  it('sanitizes hostile names', () => {
    expect(safeFileName('@/server/etc/passwd', pdf)).toBe('passwd.pdf');
    expect(safeFileName('C:\\Windows\\con.pdf', pdf)).toBe('file-con.pdf');
    expect(safeFileName('..pdf', pdf)).toBe('pdf.pdf');
    expect(safeFileName('invoice\u202efdp.exe', pdf)).toBe('invoicefdp.exe.pdf');
    expect(safeFileName('a\r\nSet-Cookie: x.PDF', pdf)).toBe('aSet-Cookie x.pdf');
    expect(safeFileName('خطة الأسبوع.pdf', pdf)).toBe('خطة الأسبوع.pdf');
    expect(safeFileName('', pdf)).toBe('file.pdf');
    expect(safeFileName('👩‍👩‍👧 plan.pdf', pdf)).toBe('👩‍👩‍👧 plan.pdf');
    expect(safeFileName('می‌خواهم.pdf', pdf)).toBe('می‌خواهم.pdf');
    expect(safeFileName(`👩‍👩‍👧${'\u0301'.repeat(400)}.pdf`, pdf)).toMatch(/\.pdf$/);
  });

  it('cuts a long name between two characters, so that a file system takes it', () => {
    const family = '👩‍👩‍👧‍👦';
    expect(safeFileName(`${'a'.repeat(118)}${family}.pdf`, pdf)).toBe(`${'a'.repeat(118)}.pdf`);
    const name = safeFileName(`${family.repeat(30)}.pdf`, pdf);
    expect(name).toBe(`${family.repeat(9)}.pdf`);
    expect(Buffer.byteLength(safeFileName(`${'漢'.repeat(300)}.pdf`, pdf))).toBeLessThanOrEqual(255);
  });

  it('never produces a name that breaks out of its folder or header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const safe = safeFileName(name, pdf);
        expect(safe).toMatch(/^[^/\\\p{Cc}]+\.pdf$/u);
        expect(safe.startsWith('.')).toBe(false);
        expect([...safe].length).toBeLessThanOrEqual(124);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(255);
        expect(attachmentHeader(safe)).toMatch(
          /^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\x21-\x7e]*$/,
        );
      }),
    );
  });

  it('distinguishes kinds by their first bytes', async () => {
    /** Returns the first entry of a ZIP, uncompressed. */
    const entry = (name: string, content: string) => {
      const header = Buffer.alloc(30);
      header.write('PK\u0003\u0004', 'latin1');
      header.writeUInt32LE(content.length, 18);
      header.writeUInt32LE(content.length, 22);
      header.writeUInt16LE(name.length, 26);
      return Buffer.concat([header, Buffer.from(name + content)]);
    };
    const epub = entry('mimetype', 'application/epub+zip');
    const kindOf = async (head: Uint8Array) => (await detectKind(head))?.extension ?? null;
    expect(await kindOf(epub)).toBe('epub');
    expect(await kindOf(Buffer.from('PK\u0003\u0004aaaa'))).toBe('zip');
    // These are ZIP files by their bytes, whatever the entry names suggest.
    for (const name of [
      '[Content_Types].xml',
      'word/document.xml',
      'META-INF/MANIFEST.MF',
      'classes.dex',
      'notes.txt',
    ]) {
      expect(await kindOf(entry(name, 'content')), name).toBe('zip');
    }
    expect(await kindOf(samplePng(1, 1))).toBe('png');
    expect(await kindOf(sampleJpeg(1, 1))).toBe('jpg');
    expect(await kindOf(Buffer.from('%PDF-1.7'))).toBe('pdf');
    expect(await kindOf(sampleGif(1))).toBeNull();
    expect(await kindOf(Buffer.from(' %PDF-1.7'))).toBeNull();
    expect(await kindOf(new Uint8Array())).toBeNull();
  });

  it('returns a result for any first bytes, and reads no further', async () => {
    const starts = [
      'PK\u0003\u0004',
      '\u001f\u008b\b',
      'ID3',
      'RIFF',
      'OggS',
      '\u00ef\u00bb\u00bf',
      '0&²u\u008ef',
      'II*\0',
      '\u0000\u0000\u0000\u0018ftyp',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 200 }), async (start, rest) => {
        const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest]);
        expect(await detectKind(bytes)).toEqual(await detectKind(bytes.subarray(0, HEAD_BYTES)));
      }),
      { numRuns: 300 },
    );
  });
});
