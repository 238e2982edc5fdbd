import type { Capabilities, Capability } from '@/server/connectors/kit/types';
import type { Ctx } from '../context';

/** How selling speaks to a platform. The host's `callPlatform` is one; tests bring their own. */
export type PlatformPort = <C extends Capability>(request: {
  ctx: Ctx;
  connectionId: string;
  capability: C;
  input: Capabilities[C]['input'];
}) => Promise<Capabilities[C]['output']>;
