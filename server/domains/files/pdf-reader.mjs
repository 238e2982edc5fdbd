// Counts the pages of a PDF in a separate process (see pdf-facts.ts): `node pdf-reader.mjs FILE` prints one line of JSON. A PDF may refer to
// itself, or inflate to any size, and a parser that follows it does not come to an end or runs out of memory.
import { readFileSync } from 'node:fs';
import { getDocumentProxy } from 'unpdf';

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

async function facts() {
  const bytes = readFileSync(process.argv[2]);
  const document = await getDocumentProxy(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    // Nothing of it is drawn or run.
    isEvalSupported: false,
    disableFontFace: true,
    stopAtErrors: true,
    verbosity: 0,
  });
  // The number is what the document says of itself, so its last page must be there.
  const pages = document.numPages;
  await document.getPage(pages);
  return { pages };
}

facts().then(say, (error) =>
  say({ refused: error?.name === 'PasswordException' ? 'encrypted' : 'damaged', why: error?.message }),
);
