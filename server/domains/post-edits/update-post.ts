import { and, eq, inArray, notExists, notInArray, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Media, posts, publications, variants } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { type OptionValues, optionsKey } from '@/server/foundation/option-values';
import { truncateText } from '@/server/foundation/storable';
import { actorKey, type Ctx } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { recordActivity } from '../activity/record-activity';
import { completeMedia } from '../files/complete-media';
import { applyEdit } from '../planning/apply-edit';
import { saveSeriesOptions } from '../planning/chosen-options';
import type { Edit } from '../planning/edit';
import { editApproval } from '../planning/edit-approval';
import { readEdit } from '../planning/read-edit';
import { newerPost } from '../posts/newer-post';
import { readPost } from '../posts/queries';
import { type Post, updatedPostOutput, updatePostInput } from '../posts/schemas';
import { requestSweep } from '../publications/request-sweep';
import { checkTopic } from '../topics/check-topic';
import { lockWorkspace, lockWorkspaceShared } from '../workspaces/lock-workspace';
import { readPostingSettings } from '../workspaces/read-workspace';

/**
 * Saves an edit made to `version`. Pending publications of the post take the new text and their accounts' new options, and need approval again if the workspace requires
 * review and the editor cannot approve; published ones keep what was sent. Throws `conflict` with the newer post if another user saved in
 * between, so that the screen can show both and no input is lost. Also throws `conflict` if a publication that the edit would change is
 * being sent.
 */
export const updatePost = defineVerb({
  verb: 'posts.update',
  access: 'posts.write',
  effect: 'change',
  input: updatePostInput,
  output: updatedPostOutput,
  run: async (ctx, input) => {
    const { id, version, variants: texts, options, waiting, from, titleGiven = true, ...fields } = input;
    const now = ctx.clock.now();
    const look = async (tx: Tx, whole: Whole[] | undefined) => {
      const before = await readPost(tx, ctx.workspaceId, id);
      const settings = await readPostingSettings(tx, ctx);
      const after = whole?.map((text) => merged(before, text)) ?? before.variants;
      const request = { before: before.variants, after, options: options ?? [], from, waiting };
      const edit = await readEdit(tx, ctx, id, request, settings, ctx.platforms);
      return { before, edit, settings };
    };
    const saved = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      // This lock and those of scheduling and sending exclude each other, so no publication is sent with half of an edit.
      const changes = texts !== undefined || options !== undefined;
      const workspace = changes ? await lockWorkspace(tx, ctx.workspaceId) : undefined;
      if (!changes) await lockWorkspaceShared(tx, ctx.workspaceId);
      await checkTopic(tx, ctx.workspaceId, fields.topicId);
      const [mine] = await tx
        .select({ version: posts.version })
        .from(posts)
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, id)))
        .for('update');
      if (mine?.version !== version) throw newerPost(await readPost(tx, ctx.workspaceId, id));
      const whole = texts && (await completeMedia(tx, ctx.workspaceId, texts));
      const found = changes ? await look(tx, whole) : undefined;
      if (found) await saveSeriesOptions(tx, ctx, found.edit.seriesOptions, !found.edit.mustAsk);
      await tx
        .update(posts)
        .set({
          ...fields,
          ...(fields.title === undefined ? {} : { titleGiven }),
          version: sql`${posts.version} + 1`,
          updatedAt: now,
        })
        .where(and(eq(posts.workspaceId, ctx.workspaceId), eq(posts.id, id)));
      if (whole) await replaceVariants(tx, ctx, id, whole, now);
      const edit = found?.edit;
      const title = fields.title ?? found?.before.title ?? '';
      const asked =
        found && workspace
          ? editApproval(
              ctx,
              found.edit,
              { workspace, settings: found.settings, post: { id, title } },
              ctx.platforms,
            )
          : null;
      const due = edit ? await applyEdit(tx, ctx, edit, asked) : null;
      const changed = edit?.changes.length ?? 0;
      if (edit && changed > 0)
        await recordActivity(tx, ctx, {
          verb: 'post.edited',
          subjectType: 'post',
          subjectId: id,
          summary: fact('postEdits.activity.edited', { title, count: changed, asks: asked ? 'yes' : 'no' }),
          before: {
            texts: textsOf(edit, ({ row }) => row.text),
            ...optionsOf(edit, ({ row }) => row.options),
          },
          after: {
            texts: textsOf(edit, ({ next }) => next.text),
            ...optionsOf(edit, ({ next }) => next.options),
          },
        });
      const post = await readPost(tx, ctx.workspaceId, id);
      return { post: { ...post, changed, sent: edit?.sent ?? 0, asked: asked !== null }, due };
    });
    if (saved.post.asked) await ctx.events.publish('email/queued', {});
    if (saved.due) await requestSweep(ctx, saved.due);
    return saved.post;
  },
});

/** Excerpts of the changed texts, by publication. */
const textsOf = ({ changes }: Edit, text: (change: Edit['changes'][number]) => string) =>
  Object.fromEntries(changes.map((change) => [change.row.id, truncateText(text(change), 500)]));

/** The changed options, by publication; nothing if none changed. */
function optionsOf({ changes }: Edit, options: (change: Edit['changes'][number]) => OptionValues) {
  const changed = changes.filter(({ row, next }) => optionsKey(row.options) !== optionsKey(next.options));
  if (changed.length === 0) return {};
  return { options: Object.fromEntries(changed.map((change) => [change.row.id, options(change)])) };
}

/** A variant as submitted, with its files resolved. */
type Whole = Omit<NonNullable<ReturnType<typeof updatePostInput.parse>['variants']>[number], 'media'> & {
  media?: Media[];
};

/** Returns the variant of a platform as it will be stored. */
function merged(before: Post, { platform, text, link, parts, media }: Whole): Post['variants'][number] {
  const old = before.variants.find((v) => v.platform === platform);
  return {
    id: old?.id ?? '',
    version: old?.version ?? 1,
    platform,
    text,
    link: link ?? null,
    parts: parts ?? old?.parts ?? [],
    media: media ?? old?.media ?? [],
  };
}

async function replaceVariants(
  tx: Tx,
  { workspaceId, actor }: Pick<Ctx, 'workspaceId' | 'actor'>,
  postId: string,
  texts: readonly Whole[],
  now: Date,
): Promise<void> {
  const platforms = texts.map((t) => t.platform);
  // A variant with publications is retained as a record; the others are deleted when their platform is removed.
  await tx
    .delete(variants)
    .where(
      and(
        eq(variants.workspaceId, workspaceId),
        eq(variants.postId, postId),
        platforms.length > 0 ? notInArray(variants.platform, platforms) : undefined,
        notExists(
          tx.select({ one: sql`1` }).from(publications).where(eq(publications.variantId, variants.id)),
        ),
      ),
    );
  if (texts.length === 0) return;
  const before = new Map(
    (
      await tx
        .select({ platform: variants.platform, parts: variants.parts, media: variants.media })
        .from(variants)
        .where(and(eq(variants.workspaceId, workspaceId), eq(variants.postId, postId)))
    ).map((v) => [v.platform, v]),
  );
  const changed = sql`${variants.text} is distinct from excluded.text or ${variants.link} is distinct from excluded.link
    or ${variants.parts} is distinct from excluded.parts or ${variants.media} is distinct from excluded.media`;
  await tx
    .insert(variants)
    .values(
      texts.map((t) => ({
        id: newId('variant', now.getTime()),
        workspaceId,
        postId,
        platform: t.platform,
        text: t.text,
        link: t.link ?? null,
        parts: t.parts ?? before.get(t.platform)?.parts ?? [],
        media: t.media ?? before.get(t.platform)?.media ?? [],
        writtenBy: actorKey(actor),
        createdAt: now,
      })),
    )
    .onConflictDoUpdate({
      target: [variants.postId, variants.platform],
      set: {
        text: sql`excluded.text`,
        link: sql`excluded.link`,
        parts: sql`excluded.parts`,
        media: sql`excluded.media`,
        version: sql`${variants.version} + case when ${changed} then 1 else 0 end`,
        // A variant that is saved without a change keeps its writer.
        writtenBy: sql`case when ${changed} then excluded.written_by else ${variants.writtenBy} end`,
      },
      setWhere: inArray(variants.platform, platforms),
    });
}
