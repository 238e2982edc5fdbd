import type { Engagement } from '@/server/connectors/kit/types';
import { isPlatformId, manifests, platformManifest } from '@/server/connectors/manifests';
import type { Ctx } from '../context';

/** The platforms as the reader of results sees them. The connectors stand behind it; tests put their own in its place. */
export interface ResultsPort {
  /** The platforms that tell how posts do. */
  platforms(): string[];
  name(platform: string): string;
  /** How many posts one call may name. */
  batch(platform: string): number;
  /** Throws ConnectorFault. */
  read(call: { ctx: Ctx; connectionId: string; remoteIds: readonly string[] }): Promise<Engagement[]>;
}

const manifestOf = (platform: string) => (isPlatformId(platform) ? platformManifest(platform) : null);

export const connectorResults: ResultsPort = {
  platforms: () =>
    Object.values(manifests).flatMap((m) => (m.capabilities.some((c) => c === 'engagement') ? [m.id] : [])),
  name: (platform) => manifestOf(platform)?.name ?? platform,
  batch(platform) {
    const manifest = manifestOf(platform);
    return (manifest?.available && manifest.engagementBatch) || 1;
  },
  async read({ ctx, connectionId, remoteIds }) {
    const { callPlatform } = await import('../connections/call-platform');
    return callPlatform({ ctx, connectionId, capability: 'engagement', input: { remoteIds } });
  },
};
