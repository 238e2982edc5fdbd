import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Matches code that reads the body of a request without counting its bytes, by the names that handlers use for requests. */
const UNCOUNTED = /\b(?:request|req|incoming)\s*\.\s*(?:json|text|formData|arrayBuffer|blob|bytes)\s*\(/g;

test('no route handler reads a body without a limit', () => {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|\/)route\.tsx?$/.test(file),
  );
  expect(files.length).toBeGreaterThan(10);
  const found = files.flatMap((file) =>
    [...readFileSync(`app/${file}`, 'utf8').matchAll(UNCOUNTED)].map(([text]) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});
