import { describe, expect, it } from 'vitest';
import { plain } from '@/tests/support/plain';
import { fileOf, NOW, scripted } from '../host/testing';
import { x } from '../x';
import { ConnectorFault, type UploadOutput } from './types';
import { type UploadSteps, uploadInSteps } from './upload-steps';

const { io } = scripted(x, []);
const refusal = (status: number) => new ConnectorFault('rejected', plain('No'), { status });
const problem = (kind: string) => plain(`unreadable ${kind}`);

/** Performs the steps of a file one after the other, as the domain does, at most ten. */
async function run(steps: UploadSteps, alt = ''): Promise<UploadOutput[]> {
  const step = uploadInSteps(steps);
  const file = fileOf(10, { kind: 'picture', mime: 'image/png', alt });
  const seen: UploadOutput[] = [];
  let progress: unknown = null;
  for (let i = 0; i < 10; i++) {
    const output = await step(io, { ...file, progress });
    seen.push(output);
    if (output.state !== 'uploading' && output.state !== 'processing') break;
    progress = JSON.parse(JSON.stringify(output.progress));
  }
  return seen;
}
const statesOf = (outputs: UploadOutput[]) => outputs.map(({ state }) => state);

describe('a file that is sent in one request', () => {
  it('is ready if the platform has nothing to do', async () => {
    expect(await run({ send: async () => ({ id: '7', state: 'done' }), problem })).toEqual([
      { state: 'ready', remoteId: '7', expiresAt: null },
    ]);
  });

  it('is ready when the platform has processed it, until shortly before the platform discards it', async () => {
    const answers = ['working', 'working', 'done'] as const;
    let asked = 0;
    const seen = await run({
      send: async () => ({ id: '7', state: 'working', keptSeconds: 7_200 }),
      look: async () => ({ state: answers[asked++] ?? 'done', percent: 50, checkAfterSeconds: 900 }),
      problem,
    });
    expect(statesOf(seen)).toEqual(['processing', 'processing', 'processing', 'ready']);
    expect(seen[1]).toMatchObject({ percent: 50, checkAfterSeconds: 60 });
    expect(seen[3]).toEqual({
      state: 'ready',
      remoteId: '7',
      expiresAt: new Date(NOW.getTime() + 6_600_000),
    });
  });

  it('fails with advice, or starts over, as the platform says', async () => {
    const said = (state: 'failed' | 'again') => run({ send: async () => ({ id: '7', state }), problem });
    expect(await said('failed')).toEqual([{ state: 'failed', problem: problem('picture') }]);
    expect(await said('again')).toEqual([{ state: 'again' }]);
  });
});

describe('a file that is sent in segments', () => {
  const sent: number[][] = [];
  const steps = (more: Partial<Extract<UploadSteps, { segment: number }>> = {}): UploadSteps => ({
    segment: 4,
    begin: async () => '7',
    async append(_io, _input, _id, { index, bytes }) {
      sent.push([index, bytes.length, bytes[0] ?? -1]);
      return null;
    },
    finish: async () => ({ state: 'done' }),
    problem,
    ...more,
  });

  it('is sent completely and in order, and then finished', async () => {
    sent.length = 0;
    expect(statesOf(await run(steps()))).toEqual([
      'uploading',
      'uploading',
      'uploading',
      'uploading',
      'ready',
    ]);
    expect(sent).toEqual([
      [0, 4, 0],
      [1, 4, 4],
      [2, 2, 8],
    ]);
  });

  it('starts over if the platform does not know the upload', async () => {
    const finish = () => Promise.reject(refusal(404));
    expect((await run(steps({ finish }))).at(-1)).toEqual({ state: 'again' });
  });

  it('is described at the end, and fails if only the description is rejected', async () => {
    const described: string[] = [];
    const describe = {
      kinds: ['picture'] as const,
      send: async (_io: unknown, { alt }: { alt: string }) => void described.push(alt),
      problem: () => plain('odd words'),
    };
    expect((await run(steps({ describe }), 'A fox')).at(-1)).toMatchObject({ state: 'ready' });
    expect((await run(steps({ describe }))).at(-1)).toMatchObject({ state: 'ready' });
    expect(described).toEqual(['A fox']);
    const rejected = { ...describe, send: () => Promise.reject(refusal(422)) };
    expect((await run(steps({ describe: rejected }), 'A fox')).at(-1)).toEqual({
      state: 'failed',
      problem: plain('odd words'),
    });
  });
});
