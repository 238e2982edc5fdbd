import { expect, test } from 'vitest';
import { eachWorkspace } from './pages';

/** Runs each step once and records its name. */
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

test('all workspaces are processed, and their work is summed', async () => {
  const { step } = stepper();
  const turns: string[] = [];
  const done = await eachWorkspace(step, 'Test', read, async (id) => turns.push(id));
  expect(turns).toEqual(all);
  expect(done).toBe(1 + 2 + 3 + 4);
});

test('an error in one workspace does not affect the others, and the run fails visibly', async () => {
  const { step } = stepper();
  const turns: string[] = [];
  const run = eachWorkspace(step, 'Booking', read, async (id) => {
    turns.push(id);
    if (id === 'wsp_b') throw new Error('no');
    return 1;
  });
  await expect(run).rejects.toThrow('Booking failed in 1 workspaces');
  await expect(run).rejects.toMatchObject({ name: 'NonRetriableError' });
  expect(turns).toEqual(all);
});

test('a page that takes too long ends early, and the next one continues from there', async () => {
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
  // Two workspaces per page, and a last page that finds none.
  expect(names).toEqual(['page-0', 'page-1', 'page-2']);
});
