import type { AvailableManifest } from '@/server/connectors/kit/manifest';
import type { Capability, PostLimits, PublishInput } from '@/server/connectors/kit/types';

interface Option {
  readonly id: string;
  readonly choices?: readonly { readonly value: string }[];
}
/** The parts of a manifest that scenarios have to exercise. */
export interface Declaring {
  readonly capabilities: readonly Capability[];
  readonly auth: AvailableManifest['auth'];
  readonly post?: PostLimits;
  readonly options?: readonly Option[];
}

/** Returns everything that a manifest declares and that the connector requests, by the names under which scenarios exercise it. */
export function declaredBy(manifest: Declaring, operations: readonly string[]): string[] {
  const { post, options = [] } = manifest;
  const media = post?.media;
  return [
    ...manifest.capabilities.map((c) => `capability ${c}`),
    ...signIns(manifest.auth),
    ...options.flatMap(({ id, choices }) =>
      choices ? choices.map(({ value }) => `option ${id} = ${value}`) : [`option ${id}`],
    ),
    ...(media && media.pictures.most > 0 ? ['medium picture'] : []),
    ...(media?.gif ? ['medium gif'] : []),
    ...(media?.video ? ['medium video'] : []),
    ...(post?.thread || post?.firstComment ? ['follow-up'] : []),
    ...(post?.repost ? ['repost'] : []),
    ...operations.map((name) => `operation ${name}`),
  ];
}

function signIns(auth: {
  readonly kind: string;
  readonly refresh?: string;
  readonly ending?: string;
  readonly client?: string;
}): string[] {
  if (auth.kind !== 'oauth2') return [`sign-in ${auth.kind}`];
  return [
    // A connector that exchanges codes itself names the operations.
    auth.client === 'own' ? 'sign-in oauth2' : 'sign-in authorization_code',
    ...(auth.refresh === 'rotating' ? ['sign-in refresh_token'] : []),
    ...(auth.ending === 'token' ? ['sign-in revoke'] : []),
  ];
}

/** Returns what a successful call has exercised, in the same names. */
export function exercisedBy(capability: Capability, input: unknown): string[] {
  if (capability !== 'publish') return [`capability ${capability}`];
  const {
    media = [],
    replyTo,
    repostOf,
    options = {},
  } = input as PublishInput & {
    options?: Readonly<Record<string, string | boolean>>;
  };
  return [
    `capability ${capability}`,
    ...media.map(({ kind }) => `medium ${kind}`),
    ...(replyTo === undefined ? [] : ['follow-up']),
    ...(repostOf === undefined ? [] : ['repost']),
    ...Object.entries(options).flatMap(([id, value]) => [`option ${id}`, `option ${id} = ${value}`]),
  ];
}

/** What a run has determined about the operations of one platform. */
export interface Checked {
  /** Names of the operations for which a document has something. */
  readonly known: ReadonlySet<string>;
  /** Names of those for which none has. */
  readonly unknown: ReadonlySet<string>;
}

/** Returns the broken rules of one platform. */
export function brokenRules(
  declared: readonly string[],
  exercised: ReadonlySet<string>,
  { known, unknown }: Checked,
  withoutContract: Readonly<Record<string, string>> = {},
): string[] {
  return [
    ...declared.filter((one) => !exercised.has(one)).map((one) => `${one}: no scenario exercises it`),
    ...[...unknown]
      .filter((name) => !(name in withoutContract))
      .map((name) => `operation ${name}: no document has it, and withoutContract gives no reason`),
    ...Object.entries(withoutContract).flatMap(([name, reason]) => {
      if (reason.trim() === '') return [`operation ${name}: withoutContract gives an empty reason`];
      if (unknown.has(name)) return [];
      return known.has(name)
        ? [`operation ${name}: withoutContract names it, but a document has it`]
        : [`operation ${name}: withoutContract names it, but no scenario exercises it`];
    }),
  ];
}
