import type { Effect } from './connector';
import type { Capability, ConnectorFault } from './types';

/** What the host and the domains must know of a capability, whatever the platform. */
interface CapabilityTerms {
  /** Whether it changes something that others can see or that costs money. A capability without changes sends only `read` requests. */
  readonly changes: boolean;
  /** Whether it may be used while an emergency stop holds the workspace. */
  readonly duringStop: boolean;
  /**
   * What a repetition with the same input does. `any`: nothing, it only reads; `same_result`: the same as once, so none of its requests is
   * an `effect`; `never`: perhaps a second post, listing, message or payment, so an unknown outcome must be looked up first.
   */
  readonly repeat: 'any' | 'same_result' | 'never';
  /**
   * What a refusal (`reauth`) means for the connection. `ends`: it no longer works; `ends_unless_forbidden`: it works without the
   * capability if only a permission is missing, as with connections that are older than the capability; `stays`: a plan may exclude the
   * capability, and the next other call shows whether the connection has ended.
   */
  readonly refused: 'ends' | 'ends_unless_forbidden' | 'stays';
}

const reads = { changes: false, duringStop: true, repeat: 'any' } as const;
const changes = { changes: true, duringStop: false } as const;

const CAPABILITIES: Readonly<Record<Capability, CapabilityTerms>> = {
  publish: { ...changes, repeat: 'never', refused: 'ends' },
  upload: { ...changes, repeat: 'same_result', refused: 'ends_unless_forbidden' },
  lookup: { ...reads, refused: 'ends' },
  remove: { ...changes, repeat: 'same_result', refused: 'ends' },
  engagement: { ...reads, refused: 'stays' },
  choices: { ...reads, refused: 'ends_unless_forbidden' },
  audience: { ...reads, refused: 'stays' },
  list: { ...changes, repeat: 'never', refused: 'ends' },
  delist: { ...changes, repeat: 'same_result', refused: 'ends' },
  setPrice: { ...changes, repeat: 'same_result', refused: 'ends' },
  readPrice: { ...reads, refused: 'ends' },
  stock: { ...changes, repeat: 'same_result', refused: 'ends_unless_forbidden' },
  syncSales: { ...reads, refused: 'ends' },
  payouts: { ...reads, refused: 'ends_unless_forbidden' },
  fulfil: { ...changes, repeat: 'never', refused: 'ends_unless_forbidden' },
  views: { ...reads, refused: 'ends' },
  inbox: { ...reads, refused: 'ends_unless_forbidden' },
  reply: { ...changes, repeat: 'never', refused: 'ends_unless_forbidden' },
  reviews: { ...reads, refused: 'ends_unless_forbidden' },
  respond: { ...changes, repeat: 'same_result', refused: 'ends_unless_forbidden' },
  transfer: { ...changes, repeat: 'never', refused: 'ends_unless_forbidden' },
};

export const termsOf = (capability: Capability): CapabilityTerms => CAPABILITIES[capability];

/** Whether a refusal (`reauth`) of a capability means that the connection no longer works. */
export function endsConnection(capability: Capability, fault: ConnectorFault): boolean {
  const { refused } = termsOf(capability);
  return refused === 'ends' || (refused === 'ends_unless_forbidden' && fault.options.forbidden !== true);
}

/** Throws if a capability sends a request that its terms exclude, which is a mistake of the connector. */
export function assertWithinTerms(capability: Capability, operation: string, effect: Effect): void {
  const { changes, repeat } = termsOf(capability);
  if ((effect !== 'read' && !changes) || (effect === 'effect' && repeat !== 'never'))
    throw new Error(`"${capability}" must not send "${operation}", whose effect is "${effect}"`);
}
