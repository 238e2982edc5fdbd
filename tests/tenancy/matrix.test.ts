import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import type { Viewer } from '@/server/trpc/init';
import { appRouter } from '@/server/trpc/root';
import { ROLES, type Role } from '@/server/verbs/permissions';
import { freshDb } from '@/tests/support/db';
import { createWorld, viewerFor, type World } from '@/tests/support/world';
import { callVerb } from './call';
import { fill, type IdKind, type Ids, markOf, noIds } from './rows';
import { lastWrite, snapshot, tenantTables } from './snapshot';
import { INPUTS, VERB_CASES, type VerbCase } from './verbs';

const lines = VERB_CASES.map((line) => [line.path, line] as const);

let db: Db;
/** The workspace whose rows must be out of reach. */
let ours: World;
let ourIds: Ids;
/** The workspace that attempts to reach them. */
let other: World;
let otherIds: Ids;
/** Our rows at the last check, and the last write to the database before it. */
let known: { rows: Record<string, string>; write: string };

async function look(): Promise<void> {
  const write = await lastWrite(db);
  known = { rows: await snapshot(db, ours), write };
}

/** Fails if any of our rows has changed since the last check. Reads them only if something was written in the meantime. */
async function expectOurRowsUnchanged(): Promise<void> {
  if ((await lastWrite(db)) === known.write) return;
  const { rows } = known;
  await look();
  expect(known.rows).toEqual(rows);
}

beforeAll(async () => {
  db = await freshDb();
  ours = await createWorld(db, { plan: 'pro', name: 'Ours' });
  other = await createWorld(db, { plan: 'pro', name: 'Other', clock: ours.clock });
  ourIds = await fill(db, ours);
  otherIds = await fill(db, other);
  await look();
});
afterAll(() => db.close());

interface Outcome {
  code: string;
  message: string;
  value: unknown;
}

/**
 * Calls a verb and returns what the caller would see. The caller is the owner of the world, a member with another role, a given viewer, or
 * unauthenticated (null).
 */
async function call(
  world: World,
  path: string,
  input: unknown,
  by: Viewer | Role | null = 'owner',
): Promise<Outcome> {
  const viewer = typeof by === 'string' ? await viewerFor(world, by) : by;
  const line = VERB_CASES.find((one) => one.path === path);
  if (!line) throw new Error(`${path} is not a verb`);
  try {
    return { code: 'OK', message: '', value: await callVerb(world, line, input, viewer) };
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    return { code: error.code, message: error.message, value: null };
  }
}

/** Returns the kinds of ids that the input of a line names. */
function named(line: VerbCase): IdKind[] {
  const seen = new Set<IdKind>();
  line.input(
    new Proxy(noIds(), {
      get(ids, kind) {
        seen.add(kind as IdKind);
        return ids[kind as IdKind];
      },
    }),
  );
  return [...seen];
}

it('every procedure is a verb, is called by the name in its definition, and is offered by only one adapter', () => {
  const offered = VERB_CASES.filter(({ adapter }) => adapter === 'trpc').map(({ path }) => path);
  expect(offered.sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
  expect(new Set(VERB_CASES.map(({ path }) => path)).size).toBe(VERB_CASES.length);
  for (const { path, verb } of VERB_CASES) expect(verb.verb).toBe(path);
});

it('every example matches the input schema of its verb', () => {
  for (const { path, verb, input } of VERB_CASES)
    expect(verb.input.safeParse(input(ourIds)).error, path).toBeUndefined();
});

it('has rows of both workspaces to compare', async () => {
  expect(tenantTables.length).toBeGreaterThan(20);
  const [a, b] = [await snapshot(db, ours), await snapshot(db, other)];
  expect(a.publications).not.toBe('');
  expect(a.publications).not.toBe(b.publications);
  expect(a.publication_media).not.toBe(b.publication_media);
});

// Unauthenticated requests to the routes of streams are tested in routes.test.ts. Verbs for visitors need no session.
describe('an unauthenticated client', () => {
  it.each(lines.filter(([, { adapter }]) => adapter === 'trpc'))('%s', async (path, line) => {
    const { code } = await call(ours, path, line.input(ourIds), null);
    expect(code).toBe('UNAUTHORIZED');
    await expectOurRowsUnchanged();
  });
});

describe('a member whose role is too low', () => {
  const asRoles = lines.flatMap(([path, line]) =>
    line.least === 'person' || line.least === 'visitor'
      ? []
      : (line.least === 'installation' ? ROLES : ROLES.slice(0, ROLES.indexOf(line.least))).map((role) => ({
          path,
          line,
          role,
        })),
  );
  let members: Record<Role, Viewer>;
  beforeAll(async () => {
    const viewers = ROLES.map(async (role) => [role, await viewerFor(ours, role)] as const);
    members = Object.fromEntries(await Promise.all(viewers)) as Record<Role, Viewer>;
    await look();
  });
  it.each(asRoles)('$path as $role', async ({ path, line, role }) => {
    const { code } = await call(ours, path, line.input(ourIds), members[role]);
    expect(code).toBe('FORBIDDEN');
    await expectOurRowsUnchanged();
  });
});

describe('a user without a workspace', () => {
  const forMembers = lines.filter(([, line]) => line.least !== 'person' && line.least !== 'visitor');
  it.each(forMembers)('%s', async (path, line) => {
    const viewer = { ...(await viewerFor(other)), workspace: null };
    expect((await call(other, path, line.input(ourIds), viewer)).code).toBe('FORBIDDEN');
  });
  it('changes nothing', expectOurRowsUnchanged);
});

describe('the owner of another workspace', () => {
  it.each(lines)('%s', async (path, line) => {
    const kinds = named(line);
    // All ids are ours; then each one of ours, among ids that the caller may use.
    const trials: [Ids, Ids][] = [[ourIds, noIds()]];
    if (kinds.length > 1)
      for (const kind of kinds)
        trials.push([
          { ...otherIds, [kind]: ourIds[kind] },
          { ...otherIds, [kind]: noIds()[kind] },
        ]);
    if (kinds.length > 0)
      for (const [foreign, missing] of trials) {
        const answer = await call(other, path, line.input(foreign));
        expect(answer).toEqual(await call(other, path, line.input(missing)));
        expect(JSON.stringify(answer)).not.toContain(markOf(ours));
      }
    else {
      const answer = await call(other, path, line.input(otherIds));
      const shown = JSON.stringify(answer);
      expect(shown).not.toContain(markOf(ours));
      expect(shown).not.toContain(ours.workspaceId);
      for (const id of Object.values(ourIds)) expect(shown).not.toContain(id);
    }
    await expectOurRowsUnchanged();
  });
});

it('a failed upload cannot be retried from another workspace, but can be from its own', async () => {
  const before = await snapshot(db, ours);
  const input = INPUTS['publications.retryMedia'](ourIds);
  expect((await call(other, 'publications.retryMedia', input)).code).toBe('NOT_FOUND');
  expect(await snapshot(db, ours)).toEqual(before);
  expect((await call(ours, 'publications.retryMedia', input, 'operator')).code).toBe('OK');
  expect((await snapshot(db, ours)).publication_media).not.toBe(before.publication_media);
});

// Runs last, because it may change the rows.
describe('a member whose role is sufficient', () => {
  it.each(lines.filter(([, line]) => line.least !== 'installation'))('%s', async (path, line) => {
    const role = ROLES.find((one) => one === line.least) ?? 'viewer';
    const { code } = await call(ours, path, line.input(ourIds), role);
    // For visitors, this code means a wrong password.
    expect(line.least === 'visitor' ? ['FORBIDDEN'] : ['FORBIDDEN', 'UNAUTHORIZED']).not.toContain(code);
    expect(code).not.toBe('INTERNAL_SERVER_ERROR');
  });
});
