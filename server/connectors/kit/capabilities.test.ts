import { describe, expect, it } from 'vitest';
import { plain } from '@/tests/support/plain';
import { manifests } from '../manifests';
import { assertWithinTerms, endsConnection, termsOf } from './capabilities';
import { type Capability, ConnectorFault } from './types';

const refusal = (forbidden = false) =>
  new ConnectorFault('reauth', plain('Refused'), forbidden ? { forbidden: true } : {});

it('knows every capability of every platform, and stops each that changes something', () => {
  for (const { capabilities } of Object.values(manifests))
    for (const capability of capabilities) {
      const { changes, duringStop, repeat } = termsOf(capability);
      expect(duringStop).toBe(!changes);
      expect(repeat === 'any').toBe(!changes);
    }
});

describe('a refusal', () => {
  it.each<[Capability, boolean, boolean]>([
    ['publish', true, true],
    ['upload', true, false],
    ['inbox', true, false],
    ['engagement', false, false],
  ])('of %s ends the connection: %s; for want of a permission: %s', (capability, ends, forbidden) => {
    expect(endsConnection(capability, refusal())).toBe(ends);
    expect(endsConnection(capability, refusal(true))).toBe(forbidden);
  });
});

it('keeps a capability that reads from changing something, and one that may be repeated from having an effect', () => {
  const ask = (capability: Capability, effect: 'read' | 'idempotent' | 'effect') => () =>
    assertWithinTerms(capability, 'operation', effect);
  expect(ask('lookup', 'read')).not.toThrow();
  expect(ask('lookup', 'idempotent')).toThrow('"lookup" must not send "operation"');
  expect(ask('upload', 'idempotent')).not.toThrow();
  expect(ask('upload', 'effect')).toThrow();
  expect(ask('publish', 'effect')).not.toThrow();
});
