'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Library } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useId, useRef, useState } from 'react';
import { useMediaProblem } from '@/components/media/media-problem';
import { kindOfFile, type MediaDraft, mediaTogether } from '@/components/media/types';
import { insertInOrder, pending, type Upload, uploadBlockReason } from '@/components/media/upload-queue';
import { useUploads } from '@/components/media/use-uploads';
import { mediaLimits, platformName } from '@/components/platforms/catalogue';
import { OwnLimitsProvider, strictestLimits } from '@/components/platforms/own-limits';
import { useTextRules } from '@/components/platforms/use-text-rules';
import { useHold } from '@/components/posting/use-hold';
import { useGone } from '@/components/shell/use-gone';
import { useTRPC } from '@/components/trpc/client';
import type { Allowance, Connection, Topic } from '@/components/trpc/outputs';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { hasVisibleText } from '@/server/foundation/visible-text';
import { isLink, saveBlockReason, sendBlockReason } from './blocked';
import { BriefPanel } from './brief-panel';
import {
  BLANK,
  type Draft,
  isWritten,
  optionsFor,
  platformsOf,
  replaceTexts,
  toCheckInput,
  updateVariant,
} from './draft';
import { SendPanel } from './send-panel';
import { useDraft } from './use-draft';
import { useGeneration } from './use-generation';
import { usePageDrop } from './use-page-drop';
import { type EditScope, usePublish } from './use-publish';
import { VariantCard } from './variant-card';
import type { ComposeWords } from './words';

// Loaded on demand, because most posts never need them.
const ConflictPanel = dynamic(() => import('./conflict-panel').then((m) => m.ConflictPanel), {
  loading: () => <Skeleton className="h-64" />,
});
const EditPanel = dynamic(() => import('./edit-panel').then((m) => m.EditPanel), {
  loading: () => <Skeleton className="h-40" />,
});
const OptionsPanel = dynamic(() => import('@/components/options/options-panel').then((m) => m.OptionsPanel), {
  loading: () => <Skeleton className="h-40" />,
});
const EmptyState = dynamic(() => import('@/components/ui/empty-state').then((m) => m.EmptyState), {
  loading: () => <Skeleton className="h-40" />,
});
const LeaveGuard = dynamic(() => import('./leave-guard').then((m) => m.LeaveGuard), { loading: () => null });

/** Write, generate, preview and send. */
export function Composer({
  workspaceId,
  initial,
  connections,
  topics,
  allowance: firstAllowance,
  zone,
  zoneLabel,
  canWrite,
  editing = false,
}: {
  workspaceId: string;
  initial: Draft;
  /** The post was sent before, so saving changes its pending publications. */
  editing?: boolean;
  connections: readonly Connection[];
  topics: readonly Topic[];
  allowance: Allowance;
  zone: string;
  zoneLabel: string;
  canWrite: boolean;
}) {
  const router = useRouter();
  const gone = useGone();
  const t = useTranslations('compose');
  const tMedia = useTranslations('media');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { draft, patch, settle, stored, discard, restored, setRestored, saved } = useDraft(
    workspaceId,
    initial,
    false,
  );
  /** The platforms whose texts the latest generation has written. */
  const written = useRef(new Set<string>());
  const generation = useGeneration((platform, text) => {
    written.current.add(platform);
    patch((now) => ({ variants: replaceTexts(now.variants, { [platform]: text }) }));
  });
  const uploads = useUploads((platform, one, later) =>
    patch((now) => ({
      variants: updateVariant(now.variants, platform, ({ media = [] }) => ({
        media: insertInOrder(media, one, later),
      })),
    })),
  );
  const hold = useHold();
  const publish = usePublish(stored);
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  const { data: allowance } = useQuery(
    trpc.generation.status.queryOptions(undefined, { initialData: firstAllowance }),
  );
  const [local, setLocal] = useState<Record<string, string>>({});
  /** Result of the edit panel; null until it is available, and for a post that was never sent. */
  const unsavedId = useId();
  const [scope, setScope] = useState<(EditScope & { blocked: string | null }) | null>(null);
  const [again, setAgain] = useState(!editing);

  const platforms = platformsOf(draft, connections);
  const chosen = connections.filter((c) => draft.targets.includes(c.id));
  const accountOf = (platform: string) => chosen.find((c) => c.platform === platform)?.remoteName ?? null;
  const sendable = chosen.filter((c) => isWritten(draft.variants[c.platform]));

  async function generate() {
    const wrong: Record<string, string> = {};
    if (platforms.length === 0) wrong.platforms = t('generation.noPlatform');
    if (!draft.topicId && !hasVisibleText(draft.prompt)) wrong.prompt = t('generation.noPrompt');
    setLocal(wrong);
    if (Object.keys(wrong).length > 0) return;
    const before = draft.variants;
    written.current.clear();
    await generation.start({
      topicId: draft.topicId,
      platforms,
      prompt: draft.prompt,
      creativity: draft.creativity,
      hashtags: draft.hashtags,
      emoji: draft.emoji,
      postId: draft.postId,
      seed: Math.floor(Math.random() * 1_000_000),
    });
    void queries.invalidateQueries({ queryKey: trpc.generation.status.queryKey() });
    const texts = Object.fromEntries(
      [...written.current].map((platform) => [platform, before[platform]?.text ?? '']),
    );
    // Also after an interrupted generation, because its partial texts have replaced others.
    if (here.current && Object.values(texts).some(hasVisibleText))
      toast(t('generation.replaced'), {
        action: {
          label: t('generation.undo'),
          onClick: () => patch((now) => ({ variants: replaceTexts(now.variants, texts) })),
        },
      });
  }

  const held = uploadBlockReason(uploads.all, platforms, platformName, tMedia);
  /** The user has requested a save, which starts once the chosen files are uploaded. */
  const [saving, setSaving] = useState(false);
  /** The user has requested a save, but a file could not be uploaded. */
  const [refused, setRefused] = useState(false);
  if (refused && held?.kind !== 'failed') setRefused(false);
  useEffect(() => {
    if (!saving || held?.kind === 'pending' || generation.busy || publish.busy !== null) return;
    setSaving(false);
    if (held) setRefused(true);
    else void save();
  });

  async function save() {
    if (editing) {
      if (!scope) return;
      const { waiting, from } = scope;
      const edited = await publish.save(draft, platforms, { waiting, from });
      if (!edited) return;
      uploads.clear();
      toast.success(savedWords(edited, t));
      if (!gone()) router.push(`/posts/${edited.id}`);
      return;
    }
    const post = await publish.save(draft, platforms);
    if (!post) return;
    // From now on the URL names the post, without reloading the page.
    if (!gone()) window.history.replaceState(null, '', `/compose?post=${post.id}`);
    toast.success(t('saved.toLibrary'));
  }

  async function send() {
    const sent = await publish.send(
      draft,
      platforms,
      sendable.map((c) => c.id),
      scope ? { waiting: scope.waiting, from: scope.from } : undefined,
    );
    if (!sent) return;
    // Cancels the uploads for platforms that the post does not go to.
    uploads.clear();
    if (sent.series) {
      toast.success(sent.series.rule.text);
      if (!gone()) router.push('/auto-posting/repeats');
      return;
    }
    const note = sent.rows.map((row) => row.note).find((each) => each);
    if (note) toast(note.text);
    if (!gone()) router.push(`/posts/${sent.post.id}`);
  }

  const sayMedia = useMediaProblem();
  // Loaded by the fields that have a text.
  const rulesOf = useTextRules(false);
  const fields = { ...generation.refusal?.fields, ...publish.error?.fields, ...local };
  const blocked = sendBlockReason(
    { canWrite, chosen, sendable, draft, held: held?.words ?? null, busy: generation.busy, rulesOf },
    t,
    sayMedia,
  );
  const { conflict } = publish;
  const takers = platforms.filter((platform) => mediaLimits(platform) !== null);
  const only = takers.length === 1 ? takers[0] : undefined;
  usePageDrop(only === undefined ? null : (files) => uploads.add(only, files));
  const unsaved = saveBlockReason({ canWrite, busy: generation.busy, scope: editing ? scope : undefined }, t);
  return (
    <OwnLimitsProvider value={strictestLimits(chosen)}>
      {uploads.all.length > 0 ? (
        <LeaveGuard question={leavingQuestion(pending(uploads.all, platforms), t)} onLeave={uploads.clear} />
      ) : null}
      <PageHeader
        title={t(initial.postId ? 'title.edit' : 'title.new')}
        description={
          <span aria-live="polite">
            {saving && held
              ? t('kept.thenSaved', { held: held.words })
              : t(saved ? 'kept.kept' : 'kept.keeping')}
          </span>
        }
        action={
          <Button
            variant={initial.postId ? 'default' : 'outline'}
            onClick={() => setSaving(true)}
            loading={saving || publish.busy === 'save'}
            disabled={publish.busy !== null || unsaved !== null}
            aria-describedby={unsaved ? unsavedId : undefined}
          >
            {initial.postId ? (
              t('save.changes')
            ) : (
              <>
                <Library aria-hidden /> {t('save.toLibrary')}
              </>
            )}
          </Button>
        }
        note={
          unsaved ? (
            <p id={unsavedId} role="status" className="text-warning">
              {unsaved}
            </p>
          ) : null
        }
      />
      <div className="grid gap-4">
        {restored ? (
          <Alert
            variant="info"
            title={t('restored.title')}
            action={
              <span className="flex gap-2">
                <Button size="sm" variant="ghost" onClick={() => setRestored(false)}>
                  {t('restored.keep')}
                </Button>
                <Button
                  size="sm"
                  variant="outline"
                  onClick={() => {
                    uploads.clear();
                    discard();
                  }}
                >
                  {t('restored.startOver')}
                </Button>
              </span>
            }
          />
        ) : null}
        {generation.refusal ? (
          <Alert
            variant="destructive"
            title={generation.refusal.message}
            action={
              generation.refusal.code === 'limit_reached' ? (
                <Button size="sm" variant="outline" onClick={() => router.push('/settings/billing')}>
                  {t('seePlans')}
                </Button>
              ) : undefined
            }
          />
        ) : null}
        {refused && held ? (
          <Alert variant="destructive" title={t('notSaved')}>
            {held.words}
          </Alert>
        ) : null}
        {publish.error ? <Alert variant="destructive" title={publish.error.message} /> : null}
        {conflict ? (
          <ConflictPanel
            draft={draft}
            conflict={conflict}
            onKeepMine={() => {
              publish.clearConflict();
              patch({ version: conflict.version });
              setSaving(true);
            }}
            onTakeTheirs={(newer) => {
              publish.clearConflict();
              settle(newer);
            }}
          />
        ) : null}
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,22rem)_minmax(0,1fr)]">
          <BriefPanel
            draft={draft}
            patch={patch}
            connections={connections}
            topics={topics}
            allowance={allowance}
            fields={fields}
            busy={generation.busy}
            onGenerate={() => void generate()}
            onStop={generation.stop}
          />
          <div className="grid gap-4">
            {platforms.length === 0 ? (
              <EmptyState title={t('nowhere.title')} description={t('nowhere.description')} />
            ) : (
              platforms.map((platform) => (
                <VariantCard
                  key={platform}
                  platform={platform}
                  account={accountOf(platform)}
                  variant={draft.variants[platform] ?? BLANK}
                  writing={generation.writing[platform]}
                  error={fields[`variants.${platform}`]}
                  linkError={
                    isLink(draft.variants[platform]?.link ?? '') ? undefined : t('variant.wrongLink')
                  }
                  other={otherMedia(draft, platforms, platform, uploads.all)}
                  uploads={uploads}
                  onChange={(change) =>
                    patch((now) => ({ variants: updateVariant(now.variants, platform, change) }))
                  }
                />
              ))
            )}
            {chosen.some((c) => c.hasOptions) ? (
              <OptionsPanel
                accountIds={chosen.map((c) => c.id)}
                postOf={(platform) => draft.variants[platform]}
                valuesOf={(id) => optionsFor(draft, id)}
                errors={fields}
                onChange={(id, values) => patch((now) => ({ options: { ...now.options, [id]: values } }))}
              />
            ) : null}
            {editing && initial.postId ? (
              <EditPanel
                postId={initial.postId}
                zone={zone}
                draft={draft}
                platforms={platforms}
                asks={allowance.needsApproval}
                again={again}
                onAgain={() => setAgain(true)}
                onScope={setScope}
              />
            ) : null}
            {platforms.length > 0 && again ? (
              <SendPanel
                second={initial.postId !== null}
                draft={draft}
                patch={patch}
                zone={zone}
                zoneLabel={zoneLabel}
                accounts={sendable}
                blocked={blocked}
                error={publish.error}
                busy={publish.busy}
                review={allowance.needsApproval}
                held={hold}
                check={canWrite && !generation.busy ? toCheckInput(draft, sendable) : null}
                onSend={() => void send()}
              />
            ) : null}
          </div>
        </div>
      </div>
    </OwnLimitsProvider>
  );
}

function savedWords(
  { changed, sent, asked }: { changed?: number; sent?: number; asked?: boolean },
  t: ComposeWords,
): string {
  if (asked) return t('saved.asked');
  // The message does not promise publication, because `changed` also counts failed and missed publications, which only go out when a user
  // sends them.
  if (changed) return t(sent ? 'saved.waitingAndSent' : 'saved.waiting');
  return t(sent ? 'saved.sent' : 'saved.plain');
}

/** The pictures of the first other platform whose uploads are complete, offered for copying. */
function otherMedia(
  draft: Draft,
  platforms: readonly string[],
  platform: string,
  uploads: readonly Upload[],
): { platform: string; media: readonly MediaDraft[] } | undefined {
  return platforms
    .filter((other) => other !== platform && pending(uploads, [other]).length === 0)
    .map((other) => ({ platform: other, media: draft.variants[other]?.media ?? [] }))
    .find(({ media }) => media.length > 0);
}

function leavingQuestion(open: readonly Upload[], t: ComposeWords): string | null {
  if (open.length === 0) return null;
  const what = mediaTogether(open.map(({ file }) => ({ kind: kindOfFile(file) })));
  return t('leave.question', { what, count: open.length });
}
