import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { manifests } from '@/server/connectors/manifests';

/** Returns the comments of a platform's files that say what is still to come from the vendor's documents: `file:line what`. */
function leftIn(folder: string, read = (file: string) => readFileSync(file, 'utf8')): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) =>
      read(`${folder}/${file}`)
        .split('\n')
        .flatMap((line, i) => {
          const what = /\/\/ FILL IN: (.*)/.exec(line)?.[1];
          return what === undefined ? [] : [`${folder}/${file}:${i + 1} ${what}`];
        }),
    );
}

/** Returns the addresses of a manifest that belong to no vendor: those below `.example`, which nobody can register (RFC 2606). */
function inventedIn(value: unknown): string[] {
  if (typeof value === 'string')
    return URL.canParse(value) && new URL(value).hostname.endsWith('.example')
      ? [`invented address ${value}`]
      : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(inventedIn))];
}

test.each(PLATFORM_IDS)('nothing of %s is left to fill in', (id) => {
  const left = ['connectors', 'sandbox'].flatMap((place) => leftIn(`server/${place}/${id}`));
  expect([...left, ...inventedIn(manifests[id])]).toEqual([]);
});

test('what is left to fill in is found with its place, and invented addresses wherever they are', () => {
  const [first] = leftIn('server/connectors/generated', () => 'a\n  // FILL IN: the scopes.\n');
  expect(first).toBe('server/connectors/generated/connectors.ts:2 the scopes.');
  expect(
    inventedIn({
      api: { live: 'https://www.pond.example/api', sandbox: '/pond/api' },
      web: { live: 'https://example.com' },
      docs: ['https://developers.pond.example'],
      server: { example: 'pond.example' },
    }),
  ).toEqual([
    'invented address https://www.pond.example/api',
    'invented address https://developers.pond.example',
  ]);
});
