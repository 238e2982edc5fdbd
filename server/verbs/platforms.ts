import type { connections, grants } from '@/db/schema';
import { type OptionTerms, type ShownOption, shownOptions } from '@/server/connectors/kit/options';
import type { Capabilities, Capability } from '@/server/connectors/kit/types';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import type { OptionValues } from '@/server/foundation/option-values';
import type { OwnLimits } from '@/server/foundation/own-limits';
import type { Ctx } from '@/server/verbs/context';

/** The parts of a connection that a platform call needs: its row, its sealed credentials, and the known state of its limits. */
export type ConnectionRow = Pick<
  typeof connections.$inferSelect,
  | 'id'
  | 'platform'
  | 'environment'
  | 'server'
  | 'status'
  | 'remoteId'
  | 'remote'
  | 'credentials'
  | 'lastUsedAt'
> & {
  /** The sign-in whose credentials it uses unless it has its own. */
  grant:
    | (Pick<
        typeof grants.$inferSelect,
        'id' | 'credentials' | 'sealedFor' | 'accessExpiresAt' | 'refreshExpiresAt' | 'endedAt'
      > & {
        /** Read if the caller has not checked what the connection may do. */
        scopes?: string[];
      })
    | null;
  buckets: readonly { bucket: string; remaining: number; resetsAt: Date }[];
};

/** A call to the platform of a connection. */
export interface PlatformCall<C extends Capability> {
  ctx: Ctx;
  connectionId: string;
  capability: C;
  input: Capabilities[C]['input'];
  /** Called when the first request with an effect is about to be sent. If it throws, the request must not be sent. */
  beforeEffect?: (() => void) | undefined;
  /** The connection, if the caller has just read it. */
  row?: ConnectionRow | undefined;
}

/** The platforms as verbs see them. Implemented by the connectors; tests provide their own. */
export interface Platforms {
  /** Returns the ids of all platforms. */
  ids(): readonly string[];
  /** Returns the platform's properties, with the limits of an account if it has its own. Null for an unknown platform. */
  traits(platform: string, own?: OwnLimits | null): PlatformTraits | null;
  /** Throws ConnectorFault. */
  call<C extends Capability>(request: PlatformCall<C>): Promise<Capabilities[C]['output']>;
}

/** Returns the name of a platform, or its id if the platform is unknown. */
export const platformName = (platforms: Platforms, platform: string): string =>
  platforms.traits(platform)?.name ?? platform;

/** Returns what a platform says of the options of an account's posts; an unknown platform has none. */
export const optionTerms = (
  platforms: Pick<Platforms, 'traits'>,
  platform: string,
  own?: OwnLimits | null,
): OptionTerms => platforms.traits(platform, own) ?? { name: platform, options: [], optionRules: [] };

/** Returns the options of a publication on a platform as people read them. */
export const optionsShown = (
  platforms: Pick<Platforms, 'traits'>,
  platform: string,
  values: OptionValues,
): ShownOption[] => shownOptions(platforms.traits(platform)?.options ?? [], values);
