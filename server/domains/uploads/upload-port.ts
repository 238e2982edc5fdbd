import type { UploadInput, UploadOutput } from '@/server/connectors/kit/types';
import { platformManifest } from '@/server/connectors/registry';
import { callPlatform } from '../connections/call-platform';
import type { Ctx } from '../context';

/** The platforms as an upload sees them. The connectors stand behind it; tests put their own in its place. */
export interface UploadPort {
  name(platform: string): string;
  /** Throws ConnectorFault. */
  upload(call: { ctx: Ctx; connectionId: string; input: UploadInput }): Promise<UploadOutput>;
}

export const connectorUploads: UploadPort = {
  name: (platform) => platformManifest(platform).name,
  upload: ({ ctx, connectionId, input }) => callPlatform({ ctx, connectionId, capability: 'upload', input }),
};
