import type { connections } from '@/db/schema';
import type { Capabilities, Capability } from '@/server/connectors/kit/types';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import type { Ctx } from '@/server/verbs/context';

/** What a call to a platform needs of a connection: its row, its sealed credentials, and what is known of its limits. */
export type ConnectionRow = Pick<
  typeof connections.$inferSelect,
  | 'id'
  | 'platform'
  | 'environment'
  | 'status'
  | 'remoteId'
  | 'remote'
  | 'credentials'
  | 'accessExpiresAt'
  | 'refreshExpiresAt'
  | 'lastUsedAt'
> & { buckets: readonly { bucket: string; remaining: number; resetsAt: Date }[] };

/** One call to a connection's platform. */
export interface PlatformCall<C extends Capability> {
  ctx: Ctx;
  connectionId: string;
  capability: C;
  input: Capabilities[C]['input'];
  /** Called when the first request that has an effect leaves; when it throws, the request must not leave. */
  onRequestSent?: (() => void) | undefined;
  /** The connection, when the caller has just read it. */
  row?: ConnectionRow | undefined;
}

/** The platforms as verbs see them. The connectors stand behind it; tests put their own in its place. */
export interface Platforms {
  /** The ids of all platforms. */
  ids(): readonly string[];
  /** Null for a platform that nobody knows. */
  traits(platform: string): PlatformTraits | null;
  /** Throws ConnectorFault. */
  call<C extends Capability>(request: PlatformCall<C>): Promise<Capabilities[C]['output']>;
}

/** A platform's name, or its id where nobody knows it. */
export const platformName = (platforms: Platforms, platform: string): string =>
  platforms.traits(platform)?.name ?? platform;
