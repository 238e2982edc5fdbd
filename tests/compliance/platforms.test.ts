import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contracts } from '@/server/connectors/generated/contracts';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { connectors } from '@/server/connectors/registry';
import { cases } from './cases';
import { declarations, notExercised } from './rules';
import { Stand } from './stand';
import { Subject } from './subject';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open();
});
afterAll(() => stand.close());

const connected = Object.entries(connectors).flatMap(([id, connector]) =>
  connector ? [{ id: id as PlatformId, connector, contract: contracts[id as PlatformId] }] : [],
);

describe.each(connected)('$id', ({ id, connector, contract }) => {
  const { manifest } = connector;
  let p: Subject;
  beforeAll(async () => {
    if (!contract) throw new Error(`server/connectors/${id}/contract.ts is missing`);
    p = await Subject.open(id, connector, contract, stand);
  });
  beforeEach(() => p.rest());
  afterAll(() => p?.close());

  test.each(cases.filter((one) => one.applies(manifest)))('$name', async (one) => {
    await one.run(p);
  });

  /** Capabilities that no case describes are used as the platform's contract does. */
  test('the other capabilities work as in the scenarios of the contract', async () => {
    for (const capability of manifest.capabilities)
      if (!p.seen.has(`capability ${capability}`)) await contract?.scenarios[capability]?.(p.io);
  });

  test('everything that it declares was exercised', () => {
    p.noteSignIns();
    expect(notExercised(declarations(manifest), p.seen)).toEqual([]);
  });
});
