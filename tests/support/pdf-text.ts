import { getDocumentProxy } from 'unpdf';

export interface PdfPiece {
  text: string;
  /** Distance of its left end and base line from the page's left and lower edges, in points. */
  x: number;
  y: number;
  width: number;
  page: number;
}

/** Reads the pieces of text of a PDF, in the order in which they are drawn. */
export async function piecesOf(pdf: Uint8Array): Promise<PdfPiece[]> {
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const pieces: PdfPiece[] = [];
  for (let page = 1; page <= document.numPages; page++) {
    const { items } = await (await document.getPage(page)).getTextContent({ disableNormalization: true });
    for (const item of items) {
      if (!('str' in item) || item.str.trim() === '') continue;
      const [, , , , x = 0, y = 0] = item.transform as number[];
      pieces.push({ text: item.str, x, y, width: item.width, page });
    }
  }
  return pieces;
}
