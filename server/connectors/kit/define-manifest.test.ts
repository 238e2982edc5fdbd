import { expect, test } from 'vitest';
import { messagesOf } from '@/i18n/messages';
import { manifests } from '../generated/manifests';
import { xFace } from '../x/face';
import { defineManifest } from './define-manifest';

/** Returns every fact in a value. */
function factsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  if ('fact' in value) return [String(value.fact)];
  return Object.values(value).flatMap(factsIn);
}

test.each(Object.entries(manifests))(
  'the catalogue has every message of the manifest of %s',
  (_, manifest) => {
    const { facts } = messagesOf('en');
    const found = (name: string) =>
      name
        .split('.')
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], facts);
    expect(factsIn(manifest).filter((name) => typeof found(name) !== 'string')).toEqual([]);
  },
);

test('addresses and messages follow from the id unless they are written', () => {
  const manifest = defineManifest(xFace, {
    api: 'https://api.x.com/bot{token}',
    uploads: { live: 'https://files.x.com', sandbox: '/x/files' },
    web: '/',
    server: { example: 'x.example' },
    setUp: 'https://x.com/apps',
    whereToLook: true,
    nothingToConnect: 'https://x.com/new?kind=page',
    credential: 'bearer',
    auth: {
      kind: 'fields',
      fields: [{ id: 'key', kind: 'secret', maxLength: 5 }],
      ending: 'by_hand',
      appsPage: 'https://x.com/settings/apps',
    },
    docs: [],
  });
  expect(manifest).toEqual({
    ...xFace,
    api: { live: 'https://api.x.com/bot{token}', sandbox: '/x/bot{token}' },
    uploads: { live: 'https://files.x.com', sandbox: '/x/files' },
    web: { live: '/', sandbox: '/x' },
    server: {
      example: 'x.example',
      label: { fact: 'platforms.x.signIn.server' },
      help: { fact: 'platforms.x.signIn.serverHelp' },
    },
    setUp: { page: 'https://x.com/apps' },
    whereToLook: { fact: 'platforms.x.whereToLook' },
    nothingToConnect: {
      title: { fact: 'platforms.x.nothingToConnect.title' },
      words: { fact: 'platforms.x.nothingToConnect.words' },
      label: { fact: 'platforms.x.nothingToConnect.label' },
      address: { live: 'https://x.com/new?kind=page', sandbox: '/x/new?kind=page' },
    },
    credential: 'bearer',
    auth: {
      kind: 'fields',
      fields: [
        {
          id: 'key',
          kind: 'secret',
          maxLength: 5,
          label: { fact: 'platforms.x.signIn.key' },
          help: { fact: 'platforms.x.signIn.keyHelp' },
        },
      ],
      ending: 'by_hand',
      appsPage: {
        address: { live: 'https://x.com/settings/apps', sandbox: '/x/settings/apps' },
        where: { fact: 'platforms.x.appsPage' },
      },
    },
    docs: [],
  });
});
