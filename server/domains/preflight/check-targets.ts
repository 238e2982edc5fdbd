import { and, eq, getTableColumns, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, grants, type Part } from '@/db/schema';
import { charactersOf, mediaProblems } from '@/server/connectors/kit/media';
import { type OptionPost, type OptionProblem, readOptions } from '@/server/connectors/kit/options';
import { composeFollowing } from '@/server/connectors/kit/parts';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import type { OptionValues } from '@/server/foundation/option-values';
import { hasVisibleText } from '@/server/foundation/visible-text';
import type { Platforms } from '@/server/verbs/platforms';
import type { Post } from '../posts/schemas';
import { unreachable } from '../uploads/unreachable';

export interface Target {
  connectionId: string;
  connectionName: string;
  platform: string;
  platformName: string;
  environment: 'live' | 'sandbox';
  variant: Post['variants'][number];
  /** Complete with the platform's defaults. */
  options: OptionValues;
}
/** An account to send to, with the options that were chosen for it. */
export interface TargetRequest {
  connectionId: string;
  options?: OptionValues | undefined;
}

/**
 * Matches accounts with the post's texts and checks that each can be published: connected, able to publish, not empty, not too long, with
 * options that its platform takes. Throws `invalid` otherwise, with `fields["options.<connection id>.<field>"]` for an option.
 */
export async function checkTargets(
  tx: Tx,
  workspaceId: WorkspaceId,
  post: Post,
  requests: readonly TargetRequest[],
  port: Platforms,
): Promise<Target[]> {
  const rows = await tx
    .select({ ...getTableColumns(connections), scopes: grants.scopes })
    .from(connections)
    .leftJoin(grants, eq(grants.id, connections.grantId))
    .where(
      and(
        eq(connections.workspaceId, workspaceId),
        inArray(
          connections.id,
          requests.map((r) => r.connectionId),
        ),
      ),
    );
  const fields: Record<string, Fact> = {};
  const targets: Target[] = [];
  for (const { connectionId: id, options = {} } of requests) {
    const connection = rows.find((r) => r.id === id);
    if (!connection) throw notFound('account');
    const traits = port.traits(connection.platform, connection.limits);
    const name = traits?.name ?? connection.platform;
    const variant = post.variants.find((v) => v.platform === connection.platform);
    const text = `variants.${connection.platform}`;
    const fetching = unreachable(traits, connection.environment);
    if (connection.status !== 'active')
      fields[`targets.${id}`] = fact('preflight.problems.reconnectFirst', {
        account: connection.remoteName,
        platform: name,
      });
    else if (!traits?.publishes)
      fields[`targets.${id}`] = fact('preflight.problems.takesNoPosts', { platform: name });
    else if (!traits.mayUse('publish', { remoteId: connection.remoteId, granted: connection.scopes ?? [] }))
      fields[`targets.${id}`] = fact('preflight.problems.mayNotPost', {
        account: connection.remoteName,
        platform: name,
      });
    else if (variant?.media.length && lacksUpload(traits, connection.remoteId, connection.scopes))
      fields[`targets.${id}`] = uploadRefusal(connection.remoteName, name);
    else if (variant?.media.length && fetching) fields[`targets.${id}`] = fetching;
    else if (!variant) fields[text] = fact('preflight.problems.noText', { platform: name });
    else {
      const problem = contentProblem(variant, name, traits);
      const { values, problems } = readOptions(traits, options, optionPost(variant, traits));
      if (problem) fields[text] = problem;
      Object.assign(fields, optionFields(id, problems));
      if (!problem && problems.length === 0)
        targets.push({
          connectionId: id,
          connectionName: connection.remoteName,
          platform: connection.platform,
          platformName: name,
          environment: connection.environment,
          variant,
          options: values,
        });
    }
  }
  const [problem, ...more] = Object.values(fields);
  if (problem)
    throw new AppError('invalid', more.length === 0 ? problem : fact('preflight.errors.someRefused'), {
      fields,
    });
  return targets;
}

/** Returns problems of an account's options by the name of the input. */
export const optionFields = (
  connectionId: string,
  problems: readonly OptionProblem[],
): Record<string, Fact> =>
  Object.fromEntries(
    problems.map(({ field, message }) => [
      field === null ? `options.${connectionId}` : `options.${connectionId}.${field}`,
      message,
    ]),
  );

/**
 * Whether an account was connected without the permission to upload. If the platform did not report the granted scopes, uploads are
 * attempted.
 */
export const lacksUpload = (
  traits: PlatformTraits | null,
  remoteId: string,
  granted: readonly string[] | null,
): boolean => traits !== null && !traits.mayUse('upload', { remoteId, granted: granted ?? [] });
export const uploadRefusal = (account: string, platform: string): Fact =>
  fact('preflight.problems.noUpload', { account, platform });

/** Returns a post as its options are checked against it. */
export function optionPost(
  { text, link, parts, media }: Pick<Post['variants'][number], 'text' | 'link' | 'parts' | 'media'>,
  traits: PlatformTraits,
): OptionPost {
  const count = (part: string) => traits.count(part, null);
  const most = charactersOf(traits, media.length > 0);
  const left = [
    ...(most === null ? [] : [most - traits.count(text, link)]),
    ...(traits.parts.characters === null
      ? []
      : parts.map((p) => (traits.parts.characters ?? 0) - count(composeFollowing(p.text, p.link)))),
  ];
  return { media, room: most === null ? null : { most, left: Math.min(...left) }, count };
}

/** Returns why a platform does not accept the content; null if it does. */
export function contentProblem(
  { text, link, parts, media }: Pick<Post['variants'][number], 'text' | 'link' | 'parts' | 'media'>,
  platform: string,
  traits: PlatformTraits,
): Fact | null {
  if (!hasVisibleText(text) && !link && media.length === 0)
    return fact('preflight.problems.textEmpty', { platform });
  const inText = lengthProblem({ text, link, parts, media }, platform, traits);
  if (inText) return inText;
  const [inMedia] = mediaProblems(platform, traits.media, media);
  return inMedia ? inMedia.message : null;
}

/** Returns why a platform does not accept the lengths of a text and its parts, or the parts at all; null if it does. */
export function lengthProblem(
  {
    text,
    link,
    parts,
    media,
  }: { text: string; link: string | null; parts: readonly Part[]; media: readonly unknown[] },
  platform: string,
  traits: PlatformTraits,
): Fact | null {
  const length = traits.count(text, link);
  const most = charactersOf(traits, media.length > 0);
  if (most !== null && length > most)
    return most === traits.characters
      ? fact('preflight.problems.textTooLong', { platform, most, length })
      : fact('preflight.problems.captionTooLong', { platform, most, length });
  return partProblem(parts, platform, traits);
}

/** Returns why a platform does not accept a reply to a post or a comment on it; null if it does. */
export function attachedProblem(
  { text, link }: { text: string; link: string | null },
  platform: string,
  traits: PlatformTraits,
): Fact | null {
  const { characters: most } = traits.parts;
  const length = traits.count(composeFollowing(text, link), null);
  if (most === null || length <= most) return null;
  return traits.follow === 'thread'
    ? fact('preflight.problems.textTooLong', { platform, most, length })
    : fact('preflight.problems.commentTooLong', { platform, length, most });
}

/** Returns the problem with the rest of a thread or with a first comment; null if there is none. */
function partProblem(parts: readonly Part[], platform: string, traits: PlatformTraits): Fact | null {
  const { most, characters } = traits.parts;
  if (parts.length > most) {
    if (traits.follow === null) return fact('preflight.problems.nothingAfter', { platform });
    return traits.follow === 'thread'
      ? fact('preflight.problems.threadTooLong', { platform, most: most + 1, count: parts.length + 1 })
      : fact('preflight.problems.tooManyComments', { platform, count: parts.length });
  }
  for (const [i, part] of parts.entries()) {
    const thread = traits.follow === 'thread';
    if (!hasVisibleText(part.text) && !part.link)
      return thread
        ? fact('preflight.problems.partEmpty', { part: i + 2, platform })
        : fact('preflight.problems.commentEmpty', { platform });
    const length = traits.count(composeFollowing(part.text, part.link), null);
    if (characters !== null && length > characters)
      return thread
        ? fact('preflight.problems.partTooLong', { part: i + 2, platform, length, most: characters })
        : fact('preflight.problems.commentTooLong', { platform, length, most: characters });
  }
  return null;
}
