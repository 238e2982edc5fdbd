/** The parts of a clipboard or drag event that we use. */
interface TransferData {
  readonly types: readonly string[];
  readonly files: ArrayLike<File>;
  getData(type: string): string;
}

/**
 * Returns the pasted files, if they are the actual content. Excel and Word add a picture to copied text, which counts as text; macOS adds
 * the name to a copied file, which counts as a file.
 */
export function pastedFiles(clipboard: TransferData): File[] {
  const files = Array.from(clipboard.files);
  const words = clipboard.getData('text/plain').trim();
  if (words === '') return files;
  const lines = words.split(/[\r\n]+/).map((line) => line.trim());
  return files.length > 0 && files.every((file) => lines.includes(file.name)) ? files : [];
}

// Dragging a picture of the page itself also carries a file.
let ownDrag = false;
if (typeof window !== 'undefined') {
  window.addEventListener('dragstart', () => {
    ownDrag = true;
  });
  for (const end of ['dragend', 'drop'])
    window.addEventListener(end, () =>
      // After the handlers that check it.
      setTimeout(() => {
        ownDrag = false;
      }),
    );
}

/** Whether the drag carries files from outside this page. */
export const carriesFiles = (dragged: Pick<TransferData, 'types'> | null): boolean =>
  !ownDrag && dragged !== null && dragged.types.includes('Files');
