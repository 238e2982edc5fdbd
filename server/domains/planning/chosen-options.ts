import { and, eq, inArray } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { connections, series, seriesTargets } from '@/db/schema';
import { readOptions } from '@/server/connectors/kit/options';
import { AppError, notFound } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { type OptionValues, optionsKey } from '@/server/foundation/option-values';
import { shortHash } from '@/server/foundation/short-hash';
import type { Ctx } from '@/server/verbs/context';
import { optionTerms, type Platforms } from '@/server/verbs/platforms';
import type { Post } from '../posts/schemas';
import { optionFields, optionPost } from '../preflight/check-targets';
import { contentKey } from '../publications/content';
import type { SeriesOptions } from './edit';
import { readSeriesTexts } from './series-texts';

/** The options that a user chose for some accounts, complete with the defaults, by connection id. */
export type ChosenOptions = ReadonlyMap<string, OptionValues>;

/** Checks the options that a user chose for a post with these texts. Throws `not_found` for an unknown account and `invalid` for options that do not fit. */
export async function readChosenOptions(
  tx: Tx,
  ctx: Ctx,
  requests: readonly { connectionId: string; options: OptionValues }[],
  platforms: Platforms,
  variants: readonly Post['variants'][number][],
): Promise<ChosenOptions> {
  const chosen = new Map<string, OptionValues>();
  if (requests.length === 0) return chosen;
  const accounts = await tx
    .select({ id: connections.id, platform: connections.platform, limits: connections.limits })
    .from(connections)
    .where(
      and(
        eq(connections.workspaceId, ctx.workspaceId),
        inArray(
          connections.id,
          requests.map((r) => r.connectionId),
        ),
      ),
    );
  const fields: Record<string, Fact> = {};
  for (const { connectionId, options } of requests) {
    const account = accounts.find((a) => a.id === connectionId);
    if (!account) throw notFound('account');
    const { platform, limits } = account;
    const traits = platforms.traits(platform, limits);
    const variant = variants.find((one) => one.platform === platform);
    const post = traits && variant ? optionPost(variant, traits) : null;
    const { values, problems } = readOptions(optionTerms(platforms, platform, limits), options, post);
    Object.assign(fields, optionFields(connectionId, problems));
    chosen.set(connectionId, values);
  }
  const [problem, ...more] = Object.values(fields);
  if (problem)
    throw new AppError('invalid', more.length === 0 ? problem : fact('preflight.errors.someRefused'), {
      fields,
    });
  return chosen;
}

/** Returns the chosen options that differ from those of the post's active series. */
export async function newSeriesOptions(
  tx: Tx,
  ctx: Ctx,
  postId: string,
  chosen: ChosenOptions,
): Promise<SeriesOptions[]> {
  if (chosen.size === 0) return [];
  const rows = await tx
    .select({
      seriesId: seriesTargets.seriesId,
      connectionId: seriesTargets.connectionId,
      before: seriesTargets.options,
    })
    .from(seriesTargets)
    .innerJoin(series, eq(series.id, seriesTargets.seriesId))
    .where(
      and(
        eq(seriesTargets.workspaceId, ctx.workspaceId),
        eq(series.postId, postId),
        eq(series.state, 'active'),
        inArray(seriesTargets.connectionId, [...chosen.keys()]),
      ),
    );
  return rows.flatMap(({ before, ...target }) => {
    const options = chosen.get(target.connectionId);
    return options && optionsKey(options) !== optionsKey(before) ? [{ ...target, options }] : [];
  });
}

/**
 * Writes new options of series. If a member who may decide chose them (`decided`), what was decided about the text of an account covers
 * them, too. Called before the post's texts change.
 */
export async function saveSeriesOptions(
  tx: Tx,
  ctx: Ctx,
  changes: readonly SeriesOptions[],
  decided: boolean,
): Promise<void> {
  for (const { seriesId, connectionId, options } of changes) {
    const own = and(eq(series.workspaceId, ctx.workspaceId), eq(series.id, seriesId));
    const [row] = await tx.select().from(series).where(own);
    const texts = row && decided ? await readSeriesTexts(tx, ctx.workspaceId, row) : [];
    const content = texts.find((text) => text.connectionId === connectionId)?.content;
    await tx
      .update(seriesTargets)
      .set({ options })
      .where(
        and(
          eq(seriesTargets.workspaceId, ctx.workspaceId),
          eq(seriesTargets.seriesId, seriesId),
          eq(seriesTargets.connectionId, connectionId),
        ),
      );
    if (!row?.decided || !content) continue;
    if (row.decided.texts[connectionId] !== shortHash(contentKey(content))) continue;
    const hash = shortHash(contentKey({ ...content, options }));
    await tx
      .update(series)
      .set({ decided: { ...row.decided, texts: { ...row.decided.texts, [connectionId]: hash } } })
      .where(own);
  }
}
