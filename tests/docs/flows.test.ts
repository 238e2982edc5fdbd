import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  count,
  differences,
  FLOWS,
  type Flow,
  folderOf,
  MAX_RETURNS,
  problems,
  readProject,
  type Step,
  summary,
  toPlatform,
} from '@/scripts/flows.mjs';

const document = readFileSync('docs/architecture.md', 'utf8');

/** Returns the files that a document names by their full path and that do not exist. */
const missingFiles = (text: string): string[] =>
  [...text.matchAll(/`([\w.()[\]/-]+\/[\w.()[\]-]+\.(?:tsx?|mjs|sql|md))`/g)]
    .map((match) => match[1] ?? '')
    .filter((file) => !existsSync(file));

it('the code contains every step of the flows', () => expect(problems(FLOWS, readProject)).toEqual([]));

it("a post's path to the platform returns to a folder at most twice", () => {
  const post = FLOWS.find(({ name }) => name === 'post') as Flow;
  expect(MAX_RETURNS).toBe(2);
  expect(post.most).toBe(MAX_RETURNS);
  expect(folderOf(post.steps[0]?.file ?? '')).toBe('components/compose');
  expect(folderOf(toPlatform(post).at(-1)?.file ?? '')).toBe('server/connectors/x');
  expect(post.steps.at(-1)?.name).toBe('settle_publishing_v2');
  expect(count(toPlatform(post)).returns.length).toBeLessThanOrEqual(MAX_RETURNS);
});

describe('docs/architecture.md', () => {
  it('shows the same flows', () => expect(differences(FLOWS, document)).toEqual([]));
  it('names files that exist', () => expect(missingFiles(document)).toEqual([]));
  it('describes what happens in each step', () => {
    for (const line of document.split('\n').filter((text) => /^\d+\. /.test(text)))
      expect(line).toMatch(/^\d+\. `[^`]+` `[^`]+` [^`].{20,}\.$/);
  });
});

describe('detects', () => {
  /** Reads the project with some text of one file replaced. */
  const changed = (file: string, from: string, to: string) => (asked: string) => {
    const text = readProject(asked);
    if (asked !== file) return text;
    const other = text?.replaceAll(from, to);
    expect(other, `${file} has no ${from}`).not.toBe(text);
    return other;
  };

  const PUBLISHING = 'inngest/functions/publishing/index.ts';
  const COMPOSE = 'components/compose';
  it.each([
    [
      'a button with another handler',
      `${COMPOSE}/send-panel.tsx`,
      'onClick={onSend}',
      '',
      'no button calls onSend when it is pressed',
    ],
    [
      'a component without its handler',
      `${COMPOSE}/composer.tsx`,
      'onSend={',
      'onOther={',
      'it does not pass onSend to SendPanel',
    ],
    [
      'a removed call',
      `${COMPOSE}/composer.tsx`,
      'usePublish(stored)',
      'stored',
      'composer.tsx Composer does not call it',
    ],
    [
      'a changed URL',
      'components/trpc/client.tsx',
      "'/api/trpc'",
      "'/api/other'",
      'client.tsx does not name /api/trpc',
    ],
    [
      'a router that is not served',
      'app/api/trpc/[trpc]/route.ts',
      'router: appRouter',
      'router',
      'route.ts POST does not call it',
    ],
    [
      'a call of another verb',
      `${COMPOSE}/use-publish.ts`,
      'trpc.publications.schedule',
      'trpc.schedule',
      'usePublish does not call trpc.publications.schedule',
    ],
    [
      'a verb missing from the list',
      'server/domains/verbs.ts',
      'schedule: schedulePublications,',
      '',
      'verbs.ts does not list it as publications.schedule',
    ],
    [
      'verbs missing from the router',
      'server/trpc/root.ts',
      'Object.entries(verbs)',
      'Object.entries({})',
      'root.ts does not expose the verbs of',
    ],
    [
      'a verb that is not run',
      'server/trpc/procedure.ts',
      'await verb(',
      'await other(',
      'procedureOf does not run the verb',
    ],
    [
      'a changed definition of a verb',
      'server/domains/planning/schedule-publications.ts',
      "'publications.schedule'",
      "'other'",
      'it does not define the verb publications.schedule',
    ],
    [
      'an event that is not published',
      'server/domains/publications/request-sweep.ts',
      "await ctx.events.publish('publishing/sweep.requested', {})",
      '{}',
      'requestSweep does not send publishing/sweep.requested',
    ],
    [
      'an event that is not sent',
      PUBLISHING,
      'await announce(',
      'await other(',
      'sweep does not send publishing/publication.claimed',
    ],
    [
      'a missing trigger',
      PUBLISHING,
      'triggers: [publicationClaimed]',
      'triggers: []',
      'publishing/publication.claimed does not start it',
    ],
    [
      'an event with another name',
      'inngest/events.ts',
      "on('publishing/publication.claimed')",
      "on('other')",
      'publishing/publication.claimed does not start it',
    ],
    [
      'a statement that is not called',
      'server/domains/due/claim-due.ts',
      'tributary.claim_due(',
      'tributary.other(',
      'claimDue does not call it',
    ],
    [
      'a missing database function',
      'db/functions.sql',
      'function tributary.claim_due(',
      'function tributary.other(',
      'db/functions.sql does not have this function',
    ],
    [
      'a removed call between database functions',
      'db/functions.sql',
      'from settle_publishing_v2(',
      'from other(',
      'advance_publishing_v5 does not call it',
    ],
    [
      'a removed platform call',
      'server/domains/publisher/publish-due.ts',
      "capability: 'publish'",
      "capability: 'remove'",
      'publishDue does not call a platform to publish',
    ],
    [
      'other platforms passed to verbs',
      'inngest/services.ts',
      'platforms: connectorPlatforms',
      'platforms: other',
      'services.ts does not pass connectorPlatforms as the platforms',
    ],
    [
      'a changed lazy import',
      'server/domains/connections/connector-platforms.ts',
      '{ callPlatform } = await',
      '{ other } = await',
      'connectorPlatforms.call does not call it',
    ],
    [
      'a connector function that is not called',
      'server/connectors/host/call.ts',
      'functions[capability]',
      'functions.publish',
      "call does not call a connector's function",
    ],
    [
      'a connector missing from the registry',
      'server/connectors/generated/connectors.ts',
      "import('../x')",
      "import('../etsy')",
      'connectors.ts does not have x',
    ],
    [
      'a missing capability of a connector',
      'server/connectors/x/index.ts',
      'async publish(io, input)',
      'async other(io, input)',
      'it does not implement publish',
    ],
    [
      'a connector function in another file that is not called',
      'server/connectors/etsy/index.ts',
      "import { syncSales } from './sales'",
      '',
      'etsy.functions.syncSales does not call it',
    ],
    [
      'a missing cron',
      'inngest/functions/selling/index.ts',
      "cron: '7 * * * *'",
      "other: ''",
      'no cron starts it',
    ],
    [
      'a webhook with another method',
      'app/api/webhooks/stripe/route.ts',
      'export const POST',
      'export const PUT',
      'it does not handle POST requests to /api/webhooks/stripe',
    ],
  ])('%s', (_, file, from, to, problem) => {
    expect(problems(FLOWS, changed(file, from, to))[0]).toContain(problem);
  });

  it('a missing file', () => {
    const file = 'server/domains/publisher/advance.ts';
    expect(problems(FLOWS, (asked) => (asked === file ? undefined : readProject(asked)))[0]).toBe(
      `post, step 22 (${file} advance): the file does not exist`,
    );
    expect(missingFiles('`db/client.ts`, `db/none.ts` and `server/none/[id]/none.tsx`')).toEqual([
      'db/none.ts',
      'server/none/[id]/none.tsx',
    ]);
  });

  // Creates a flow of functions that call each other: f0() in one folder calls f1() in the next, and so on.
  const chain = (...folders: string[]) => {
    const files = folders.map((folder, i) => `${folder}/f${i}.ts`);
    const texts = new Map(
      files.map((file, i) => {
        const next = files[i + 1];
        const call = `import { f${i + 1} } from '@/${next?.replace('.ts', '')}';\nconst go = () => f${i + 1}();`;
        return [file, `${next ? call : 'const go = () => {};'}\nexport function f${i}() {\n  go();\n}\n`];
      }),
    );
    const steps: Step[] = files.map((file, i) => ({
      file,
      name: `f${i}`,
      link: i === 0 ? { kind: 'given' } : { kind: 'call' },
    }));
    const flow: Flow = { name: 'made up', title: 'Made up', most: 2, steps };
    return { flow, read: (file: string) => texts.get(file) };
  };

  it('one return too many', () => {
    const [a, b, c] = ['components/compose', 'server/domains/planning', 'db'];
    const twice = chain(a, b, a, a, b, c);
    expect(problems([twice.flow], twice.read)).toEqual([]);
    expect(summary(twice.flow)).toBe(
      'made up: 6 steps, 6 files, 3 folders, 2 returns (components/compose, server/domains/planning) in all',
    );
    const often = chain(a, b, a, b, a, c);
    expect(problems([often.flow], often.read)).toEqual([
      'made up: returns 3 times to a folder on its way to the platform (components/compose, server/domains/planning, components/compose); 2 are allowed',
    ]);
    // The steps after the platform do not count as the path to it.
    const [, , platform] = often.flow.steps;
    if (platform) platform.platform = true;
    expect(problems([often.flow], often.read)).toEqual([]);
  });

  it('a skipped step', () => {
    const { flow, read } = chain('app/one', 'app/two', 'app/three');
    flow.steps.splice(1, 1);
    expect(problems([flow], read)).toEqual([
      'made up, step 2 (app/three/f2.ts f2): app/one/f0.ts f0 does not call it',
    ]);
  });

  it('a flow that continues from a step to which no result returned', () => {
    const { flow, read } = chain('app/one', 'app/two', 'app/three');
    const [first, second, third] = flow.steps;
    if (!first || !second || !third) throw new Error('The chain is too short');
    const broken = {
      ...flow,
      steps: [first, { ...second, link: { kind: 'event', event: 'some/event' } }, third],
    };
    third.from = 'app/one/f0.ts f0';
    expect(problems([broken], read).at(-1)).toContain('nothing returns to app/one/f0.ts f0');
    third.from = 'app/none.ts none';
    expect(problems([flow], read)).toEqual([
      'made up, step 3 (app/three/f2.ts f2): nothing returns to app/none.ts none, so the flow cannot continue from there',
    ]);
  });

  it('a document that shows a different flow', () => {
    const { flow } = chain('app/one', 'app/two');
    const shown = '## Made up\n\n1. `app/one/f0.ts` `f0` begins.\n2. `app/two/other.ts` `f1` ends.\n';
    expect(differences([flow], shown)).toEqual([
      'Made up: missing: 2. app/two/f1.ts f1',
      'Made up: unexpected: 2. app/two/other.ts f1',
    ]);
    expect(differences([flow], '# Nothing')).toEqual(['no flow is called “Made up”']);
  });
});
