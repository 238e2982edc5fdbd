import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, type Part } from '@/db/schema';
import { mediaProblems } from '@/server/connectors/kit/media';
import { composeFollowing } from '@/server/connectors/kit/parts';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { AppError, notFound } from '@/server/foundation/errors';
import { described } from '@/server/foundation/facts';
import type { WorkspaceId } from '@/server/foundation/ids';
import { showsSomething } from '@/server/foundation/visible-text';
import type { Platforms } from '@/server/verbs/platforms';
import type { Post } from '../posts/schemas';

export interface Target {
  connectionId: string;
  connectionName: string;
  platform: string;
  platformName: string;
  environment: 'live' | 'sandbox';
  variant: Post['variants'][number];
}

/** Matches accounts with the post's texts and checks that each can go out: connected, able to publish, not empty, not too long. */
export async function checkTargets(
  tx: Tx,
  workspaceId: WorkspaceId,
  post: Post,
  connectionIds: readonly string[],
  port: Platforms,
): Promise<Target[]> {
  const rows = await tx
    .select()
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), inArray(connections.id, [...connectionIds])));
  const fields: Record<string, string> = {};
  const targets: Target[] = [];
  for (const id of connectionIds) {
    const connection = rows.find((r) => r.id === id);
    if (!connection) throw notFound('account');
    const traits = port.traits(connection.platform);
    const name = traits?.name ?? connection.platform;
    const variant = post.variants.find((v) => v.platform === connection.platform);
    const text = `variants.${connection.platform}`;
    if (connection.status !== 'active')
      fields[`targets.${id}`] = `Reconnect ${connection.remoteName} on ${name} first.`;
    else if (!traits?.publishes) fields[`targets.${id}`] = `${name} does not take posts.`;
    else if (variant?.media.length && lacksUpload(traits, connection.scopes))
      fields[`targets.${id}`] = uploadRefusal(connection.remoteName, name);
    else if (!variant) fields[text] = `Write a text for ${name} first.`;
    else {
      const problem = contentProblem(variant, name, traits);
      if (problem) fields[text] = problem;
      else
        targets.push({
          connectionId: id,
          connectionName: connection.remoteName,
          platform: connection.platform,
          platformName: name,
          environment: connection.environment,
          variant,
        });
    }
  }
  const problems = Object.values(fields);
  if (problems.length > 0)
    throw new AppError(
      'invalid',
      problems.length === 1 ? `${problems[0]}` : 'Some accounts cannot take this post yet.',
      {
        fields,
      },
    );
  return targets;
}

/** Whether an account was connected before uploads were asked for. Where the platform did not tell what was allowed, it is tried. */
export const lacksUpload = (traits: PlatformTraits | null, granted: readonly string[]): boolean =>
  granted.length > 0 && (traits?.uploadScopes ?? []).some((scope) => !granted.includes(scope));
export const uploadRefusal = (account: string, platform: string): string =>
  `${account} was connected to ${platform} without the permission to upload pictures. Reconnect it and allow that.`;

/** Why a platform does not take what is to go out, in words; null when it does. */
export function contentProblem(
  { text, link, parts, media }: Pick<Post['variants'][number], 'text' | 'link' | 'parts' | 'media'>,
  name: string,
  traits: PlatformTraits,
): string | null {
  if (!showsSomething(text) && !link && media.length === 0) return `The text for ${name} is empty.`;
  const length = traits.count(text, link);
  if (traits.characters !== null && length > traits.characters)
    return `${name} takes ${traits.characters} characters, and this has ${length}.`;
  const inParts = partProblem(parts, name, traits);
  if (inParts) return inParts;
  const [inMedia] = mediaProblems(name, traits.media, media);
  return inMedia ? described(inMedia.message) : null;
}

/** What is wrong with the rest of a thread or with a first comment; null when it can go out. */
function partProblem(parts: readonly Part[], name: string, traits: PlatformTraits): string | null {
  const { most, characters } = traits.parts;
  if (parts.length > most) {
    if (traits.follow === null) return `${name} takes one post, with nothing after it.`;
    return traits.follow === 'thread'
      ? `${name} takes ${most + 1} parts in a thread, and this has ${parts.length + 1}.`
      : `${name} takes one first comment, and this has ${parts.length}.`;
  }
  for (const [i, part] of parts.entries()) {
    const called = traits.follow === 'thread' ? `Part ${i + 2} for ${name}` : `The first comment for ${name}`;
    if (!showsSomething(part.text) && !part.link) return `${called} is empty.`;
    const length = traits.count(composeFollowing(part.text, part.link), null);
    if (characters !== null && length > characters)
      return `${called} has ${length} characters, and ${characters} fit.`;
  }
  return null;
}
