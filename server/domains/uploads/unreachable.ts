import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { env } from '@/server/foundation/env';
import { type Fact, fact } from '@/server/foundation/facts';
import { isReachable } from '@/server/foundation/reachable';

/**
 * Returns why a platform that fetches media itself cannot fetch it from this installation; null if it can, or takes media in another way. The
 * sandbox is part of this installation and reaches it at any address.
 */
export const unreachable = (traits: PlatformTraits | null, environment: 'live' | 'sandbox'): Fact | null =>
  traits?.media?.way === 'by_address' && environment === 'live' && !isReachable()
    ? fact('uploads.problems.unreachable', { platform: traits.name, address: env().appUrl })
    : null;
