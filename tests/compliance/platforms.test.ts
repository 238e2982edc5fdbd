import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contracts } from '@/server/connectors/generated/contracts';
import { PLATFORM_IDS, type PlatformId } from '@/server/connectors/generated/ids';
import type { Connector } from '@/server/connectors/kit/connector';
import { connectorOf } from '@/server/connectors/registry';
import { cases } from './cases';
import { declarations, notExercised } from './rules';
import { Stand } from './stand';
import { Subject } from './subject';

let stand: Stand;
beforeAll(async () => {
  stand = await Stand.open();
});
afterAll(() => stand.close());

for (const id of PLATFORM_IDS) {
  const connector = await connectorOf(id);
  if (connector) describe(connector.manifest.name, () => comply(id, connector));
}

function comply(id: PlatformId, connector: Connector): void {
  const { manifest } = connector;
  const contract = contracts[id];
  let p: Subject;
  beforeAll(async () => {
    if (!contract) throw new Error(`server/connectors/${id}/contract.ts is missing`);
    await stand.rest();
    p = await Subject.open(id, connector, contract, stand);
  });
  beforeEach(() => p.rest());
  afterAll(() => p?.close());

  for (const one of cases.filter(({ applies }) => applies(manifest)))
    test(one.name, async ({ skip }) => {
      const untried = await one.run(p);
      if (untried) skip(untried);
    });

  // Those that no case describes.
  test('the other capabilities work as in the scenarios of the contract', async () => {
    for (const capability of manifest.capabilities)
      if (!p.seen.has(`capability ${capability}`)) await contract?.scenarios[capability]?.(p.io);
  });

  test('everything that it declares was exercised', () => {
    p.noteSignIns();
    expect(notExercised(declarations(manifest), p.seen)).toEqual([]);
  });
}
