import { expect, test, vi } from 'vitest';
import { systemClock } from '@/server/foundation/clock';
import { GET } from './route';
import { renderStatement } from './statement';

/** The workspace of each request, in order. */
const workspaces: string[] = [];
vi.mock('@/server/trpc/context', () => ({
  getViewer: async () => ({ workspaceId: workspaces.shift() }),
  ctxForViewer: async (viewer: object) => ({ ...viewer, clock: systemClock }),
}));
vi.mock('@/server/domains/ledger/month-report', () => ({
  monthReport: async () => ({ month: '2026-11' }),
}));
vi.mock('./statement', () => ({ renderStatement: vi.fn() }));

test('draws one report at a time and refuses a workspace that asks for many at once', async () => {
  let drawing = 0;
  const atOnce: number[] = [];
  vi.mocked(renderStatement).mockImplementation(async () => {
    atOnce.push(++drawing);
    await Promise.resolve();
    drawing--;
    return new Uint8Array();
  });
  const get = (workspaceId: string) => {
    workspaces.push(workspaceId);
    return GET(new Request('http://here.test/api/reports/2026-11'), {
      params: Promise.resolve({ month: '2026-11' }),
    });
  };
  const many = Array.from({ length: 60 }, () => get('ws_1'));
  const other = get('ws_2');
  const answers = await Promise.all(many);
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
  expect(refused).toHaveLength(56);
  expect(refused[0]?.headers.get('retry-after')).toBe('10');
  expect(await refused[0]?.json()).toMatchObject({ message: expect.stringContaining('Too many reports') });
  expect((await other).status).toBe(200);
  expect(atOnce).toEqual([1, 1, 1, 1, 1]);
  // Afterwards there is room again.
  expect((await get('ws_1')).status).toBe(200);
});
