import { manifests } from '@/server/connectors/manifests';

/** Platforms that exist only in a run: one with an idempotency key, one with a look-up, and one with neither. */
export const SYNTHETIC = ['keyed', 'lookup', 'neither'] as const;
/** Their maximum length of a text. */
export const SYNTHETIC_CHARACTERS = 1000;
const synthetic: ReadonlySet<string> = new Set(SYNTHETIC);
export const isSynthetic = (platform: string): boolean => synthetic.has(platform);

/** Returns the ids of the platforms of a run: every one of the registry that can be published on, and the synthetic ones. */
export function publishingPlatforms(): string[] {
  const real = Object.values(manifests).flatMap(({ id, kind, capabilities }) =>
    kind === 'api' && capabilities.some((c) => c === 'publish') && !isSynthetic(id) ? [id as string] : [],
  );
  return [...real, ...SYNTHETIC];
}

/** Paths at which sign-ins are renewed by OAuth. */
const TOKEN_PATHS = Object.values(manifests).flatMap((manifest) =>
  manifest.kind === 'api' && manifest.auth.kind === 'oauth2' ? [manifest.auth.token.sandbox] : [],
);
/** Whether a request to this path renews a sign-in by OAuth. */
export const isRenewal = (path: string): boolean =>
  TOKEN_PATHS.some((one) => path.startsWith(`/sandbox${one}`));

/** Returns the platforms that a run was to publish on, and on which it published nothing. */
export const unused = (
  platforms: readonly string[],
  counted: Readonly<Record<string, { readonly published: number }>>,
): string[] => platforms.filter((platform) => (counted[platform]?.published ?? 0) === 0);
