import { expect, test } from 'vitest';
import { carriesFiles, pastedFiles } from './given-files';

const clipboard = (text: string, ...names: string[]) => ({
  types: [...(text ? ['text/plain'] : []), ...(names.length > 0 ? ['Files'] : [])],
  files: names.map((name) => new File(['x'], name)),
  getData: (type: string) => (type === 'text/plain' ? text : ''),
});
const names = (given: ReturnType<typeof clipboard>) => pastedFiles(given).map((file) => file.name);

test('a copied picture is a file; copied cells and text that include a picture of themselves are text', () => {
  expect(names(clipboard('', 'image.png'))).toEqual(['image.png']);
  expect(names(clipboard('Quarter\tSales\n1\t200', 'image.png'))).toEqual([]);
  expect(names(clipboard('just words'))).toEqual([]);
});

test('files copied with their names are files', () => {
  expect(names(clipboard('cat.png', 'cat.png'))).toEqual(['cat.png']);
  expect(names(clipboard('cat.png\rdog.png', 'cat.png', 'dog.png'))).toEqual(['cat.png', 'dog.png']);
  expect(names(clipboard('cat.png', 'image.png'))).toEqual([]);
});

test('distinguishes dragged files from dragged text', () => {
  expect(carriesFiles({ types: ['Files'] })).toBe(true);
  expect(carriesFiles({ types: ['text/plain'] })).toBe(false);
  expect(carriesFiles(null)).toBe(false);
});
