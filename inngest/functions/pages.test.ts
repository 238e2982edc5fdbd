import { expect, test } from 'vitest';
import { eachWorkspace } from './pages';

/** Runs each step once and keeps its name. */
function stepper() {
  const names: string[] = [];
  const step = {
    run: async (name: string, work: () => unknown) => {
      names.push(name);
      return work();
    },
  } as never;
  return { names, step };
}
const all = ['wsp_a', 'wsp_b', 'wsp_c', 'wsp_d'];
const read = async (after: string) => all.filter((id) => id > after);

test('each workspace has its turn, and what each did is counted', async () => {
  const { step } = stepper();
  const turns: string[] = [];
  const done = await eachWorkspace(step, 'Test', read, async (id) => turns.push(id));
  expect(turns).toEqual(all);
  expect(done).toBe(1 + 2 + 3 + 4);
});

test('what goes wrong in one holds up no other, and the run fails so that it is seen', async () => {
  const { step } = stepper();
  const turns: string[] = [];
  const run = eachWorkspace(step, 'Booking', read, async (id) => {
    turns.push(id);
    if (id === 'wsp_b') throw new Error('no');
    return 1;
  });
  await expect(run).rejects.toThrow('Booking: it went wrong in 1 workspaces');
  await expect(run).rejects.toMatchObject({ name: 'NonRetriableError' });
  expect(turns).toEqual(all);
});

test('a page that takes long ends where it is, and the next goes on from there', async () => {
  const { step, names } = stepper();
  const turns: string[] = [];
  let ms = 0;
  await eachWorkspace(
    step,
    'Test',
    read,
    async (id) => {
      turns.push(id);
      ms += 20_000;
      return 1;
    },
    () => ms,
  );
  expect(turns).toEqual(all);
  // Two workspaces a page, and one that finds no more.
  expect(names).toEqual(['page-0', 'page-1', 'page-2']);
});
