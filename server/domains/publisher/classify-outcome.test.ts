import { expect, it } from 'vitest';
import { ConnectorFault, type FaultKind } from '@/server/connectors/kit/types';
import { fact } from '@/server/foundation/facts';
import { labelOf } from '../publications/label';
import { classifyOutcome } from './classify-outcome';

const classify = (kind: FaultKind, priorTransient: number) =>
  classifyOutcome(
    new ConnectorFault(kind, fact('platforms.x.errors.appRefused'), { installation: true }),
    true,
    'pub_1',
    {
      postId: 'post_1',
      priorTransient,
      priorUnseen: 0,
      connectionId: 'con_1',
      connectionName: '@bread',
    },
    'X',
    labelOf('post', 'Bread', 'X', null),
    new Date('2026-03-02T10:00:00Z'),
  );

it('says what the operator has to mend, while it waits and after the last attempt', () => {
  for (const [kind, tries, step] of [
    ['rate_limited', 0, 'postpone'],
    ['transient', 0, 'postpone'],
    ['transient', 5, 'fail'],
  ] as const) {
    const ending = classify(kind, tries);
    expect(ending.step).toBe(step);
    expect(ending.problem).toSay(/operator/);
  }
});
