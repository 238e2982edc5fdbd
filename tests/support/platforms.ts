import type { UploadInput, UploadOutput } from '@/server/connectors/kit/types';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import type { Platforms } from '@/server/verbs/platforms';

/** The platforms as their manifests describe them, answering calls with this function. */
export const calling = (call: unknown): Platforms => ({
  ...connectorPlatforms,
  call: call as Platforms['call'],
});

/** The platforms as their manifests describe them, taking uploads with this function. */
export const uploading = (upload: (call: { input: UploadInput }) => Promise<UploadOutput>): Platforms =>
  calling(upload);
