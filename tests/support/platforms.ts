import type { UploadInput, UploadOutput } from '@/server/connectors/kit/types';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import type { Platforms } from '@/server/verbs/platforms';

/** Returns the platforms with their real manifests, whose calls this function handles. */
export const calling = (call: unknown): Platforms => ({
  ...connectorPlatforms,
  call: call as Platforms['call'],
});

/** Returns the platforms with their real manifests, whose uploads this function handles. */
export const uploading = (upload: (call: { input: UploadInput }) => Promise<UploadOutput>): Platforms =>
  calling(upload);
