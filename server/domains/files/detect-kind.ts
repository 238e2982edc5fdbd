import type { FileTypeParser } from 'file-type/core';
import { type FileKind, KINDS } from './kinds';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Formats that are ZIP archives: documents, programs, maps. They are treated as ZIP files. */
const ZIPPED = new Set(
  '3mf apk docm docx dotm dotx jar kmz odg odp ods odt otg otp ots ott potm potx ppsm ppsx pptm pptx vsdx vstx xlsm xlsx xltm xltx xpi'.split(
    ' ',
  ),
);

let loaded: Promise<FileTypeParser> | undefined;
function parser(): Promise<FileTypeParser> {
  loaded ??= import('file-type/core').then(
    ({ FileTypeParser }) =>
      new FileTypeParser({
        customDetectors: [
          {
            // The signature alone identifies a PNG. The decoder judges the rest, and the parser would need everything before the picture
            // data.
            id: 'png',
            async detect(tokenizer) {
              const head = new Uint8Array(PNG.length);
              const read = await tokenizer.peekBuffer(head, { mayBeLess: true });
              return read === PNG.length && PNG.every((byte, i) => head[i] === byte)
                ? { ext: 'png', mime: 'image/png' }
                : undefined;
            },
          },
        ],
      }),
  );
  return loaded.catch((error) => {
    loaded = undefined;
    throw error;
  });
}

/** Maximum number of bytes that the functions below read from a file, so that no file can keep them busy. */
export const HEAD_BYTES = 64;

/** Detects the MIME type of a file from its first bytes, such as `image/png`. Returns null for an unknown type. */
export async function mimeOf(head: Uint8Array): Promise<string | null> {
  return (await typeOf(head))?.mime ?? null;
}

async function typeOf(head: Uint8Array) {
  return (await parser()).fromBuffer(head.subarray(0, HEAD_BYTES));
}

/** Detects the kind of a file from its first bytes. Returns null for a kind that is not accepted. */
export async function detectKind(head: Uint8Array): Promise<FileKind | null> {
  const type = await typeOf(head);
  if (!type) return null;
  const extension = ZIPPED.has(type.ext) ? 'zip' : type.ext;
  return KINDS.find((kind) => kind.extension === extension) ?? null;
}
