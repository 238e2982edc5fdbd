import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROLE_FILE, roleChecksIn, roleNames } from '@/scripts/role-checks.mjs';
import { type Viewer, viewerCan } from '@/server/verbs/context';
import { ROLES } from '@/server/verbs/permissions';

const roles = roleNames(readFileSync(ROLE_FILE, 'utf8'));
const found = (source: string) => roleChecksIn(source, 'app/a.tsx', roles).map(({ text }) => text);

test('the roles are those of the permissions', () => {
  expect([...roles]).toEqual([...ROLES]);
  expect(() => roleNames('export const OTHER = [];')).toThrow('declares no ROLES');
});

test.each([
  "viewer.workspace.role !== 'viewer'",
  "'owner' === role",
  "who == 'manager'",
  'member.role === OWNER',
  "member?.role === 'owner'",
  'ROLES.indexOf(role)',
  "['owner', 'manager'].includes(workspace.role)",
  'EDITORS.has(role)',
])('finds a check of a role: %s', (source) => {
  expect(found(`const may = ${source};`)).toEqual([source]);
});

test('finds a switch over roles, with its line', () => {
  expect(roleChecksIn("\nswitch (who) { case 'owner': run(); }", 'a.ts', roles)).toEqual([
    { line: 2, text: 'who' },
  ]);
});

test('ignores permissions, missing roles and roles as values', () => {
  expect(
    found(`
      if (viewerCan(viewer, 'posts.publish') && row.role !== null) await insert({ role: 'owner' });
      if (permissionsOf(member.role).has('posts.decide')) decide();
      const a = <p role="alert" />;
    `),
  ).toEqual([]);
});

test('a viewer can do what every named permission allows in their workspace', () => {
  const as = (role: (typeof ROLES)[number]) => ({ workspace: { role } }) as Pick<Viewer, 'workspace'>;
  expect(viewerCan(as('operator'), 'posts.write', 'posts.publish')).toBe(true);
  expect(viewerCan(as('operator'), 'posts.write', 'posts.decide')).toBe(false);
  expect(viewerCan(as('viewer'), 'posts.write')).toBe(false);
  expect(viewerCan({ workspace: null }, 'workspace.read')).toBe(false);
});
