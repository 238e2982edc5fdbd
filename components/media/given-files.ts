/** What is in a clipboard or what is dragged, as far as we look at it. */
interface Given {
  readonly types: readonly string[];
  readonly files: ArrayLike<File>;
  getData(type: string): string;
}

/**
 * The files of a clipboard that stand for themselves. Excel and Word give a picture of the text along with it: that is a text. A Mac gives a
 * file's name along with it: that is a file.
 */
export function pastedFiles(clipboard: Given): File[] {
  const files = Array.from(clipboard.files);
  const words = clipboard.getData('text/plain').trim();
  if (words === '') return files;
  const lines = words.split(/[\r\n]+/).map((line) => line.trim());
  return files.length > 0 && files.every((file) => lines.includes(file.name)) ? files : [];
}

// A picture of the page itself that is dragged carries a file, too.
let ownDrag = false;
if (typeof window !== 'undefined') {
  window.addEventListener('dragstart', () => {
    ownDrag = true;
  });
  for (const end of ['dragend', 'drop'])
    window.addEventListener(end, () =>
      // After those who ask.
      setTimeout(() => {
        ownDrag = false;
      }),
    );
}

/** Whether files from outside this page are dragged. */
export const carriesFiles = (dragged: Pick<Given, 'types'> | null): boolean =>
  !ownDrag && dragged !== null && dragged.types.includes('Files');
