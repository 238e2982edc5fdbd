'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Library } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { toast } from '@/components/ui/toast';
import { composeFollowing } from '@/server/connectors/kit/parts';
import { countText } from '@/server/connectors/kit/text';
import { fitsPlatform } from '../counter';
import { type MediaStatus, NO_MEDIA_STATUS } from '../media/types';
import { followLimits, platformName } from '../platforms';
import type { Allowance, Connection, Topic } from '../types';
import { BriefPanel } from './brief-panel';
import { ConflictPanel } from './conflict-panel';
import { checkOf, type Draft, isWritten, platformsOf, variantDraft, writtenParts } from './draft';
import { SendPanel } from './send-panel';
import { useDraft } from './use-draft';
import { useGeneration } from './use-generation';
import { usePublish } from './use-publish';
import { VariantCard } from './variant-card';

const BLANK = { text: '', link: '' };

/** Write, generate, look, and send. */
export function Composer({
  workspaceId,
  initial,
  connections,
  topics,
  allowance: firstAllowance,
  zone,
  zoneLabel,
  canWrite,
}: {
  workspaceId: string;
  initial: Draft;
  connections: readonly Connection[];
  topics: readonly Topic[];
  allowance: Allowance;
  zone: string;
  zoneLabel: string;
  canWrite: boolean;
}) {
  const router = useRouter();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { draft, patch, settle, stored, discard, restored, setRestored, saved } = useDraft(
    workspaceId,
    initial,
    false,
  );
  const generation = useGeneration((platform, text) =>
    patch((before) => ({
      variants: { ...before.variants, [platform]: { ...(before.variants[platform] ?? BLANK), text } },
    })),
  );
  const publish = usePublish(stored);
  const { data: allowance } = useQuery(
    trpc.generation.status.queryOptions(undefined, { initialData: firstAllowance }),
  );
  const [local, setLocal] = useState<Record<string, string>>({});
  const [media, setMedia] = useState<Record<string, MediaStatus>>({});

  const platforms = platformsOf(draft, connections);
  const chosen = connections.filter((c) => draft.targets.includes(c.id));
  const accountOf = (platform: string) => chosen.find((c) => c.platform === platform)?.remoteName ?? null;
  const sendable = chosen.filter((c) => isWritten(draft.variants[c.platform]));

  async function generate() {
    const wrong: Record<string, string> = {};
    if (platforms.length === 0) wrong.platforms = 'Choose at least one account or platform.';
    if (!draft.topicId && draft.prompt.trim() === '') wrong.prompt = 'Write a few words, or choose a topic.';
    setLocal(wrong);
    if (Object.keys(wrong).length > 0) return;
    const before = draft.variants;
    const replaced = platforms.some((platform) => (before[platform]?.text ?? '').trim() !== '');
    const finished = await generation.start({
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
    if (finished && replaced)
      toast('The texts were replaced.', {
        action: { label: 'Undo', onClick: () => patch({ variants: before }) },
      });
  }

  async function save(from: Draft = draft) {
    const post = await publish.save(from, platformsOf(from, connections));
    if (!post) return;
    // The address names the post from now on, without loading the page again.
    window.history.replaceState(null, '', `/compose?post=${post.id}`);
    toast.success('Saved to the library.');
  }

  async function send() {
    const sent = await publish.send(
      draft,
      platforms,
      sendable.map((c) => c.id),
    );
    if (!sent) return;
    if (sent.series) {
      toast.success(sent.series.rule);
      router.push('/auto-posting/repeats');
      return;
    }
    const note = sent.rows.map((row) => row.note).find((each) => each);
    if (note) toast(note);
    router.push(`/posts/${sent.post.id}`);
  }

  const fields = { ...generation.refusal?.fields, ...publish.error?.fields, ...local };
  const blocked = blockedBy({ canWrite, chosen, sendable, draft, media, busy: generation.busy });
  const { conflict } = publish;
  return (
    <>
      <PageHeader
        title={initial.postId ? 'Edit post' : 'Compose'}
        description={
          <span aria-live="polite">
            {saved ? 'What you type is kept in this browser.' : 'Keeping what you type…'}
          </span>
        }
        action={
          <Button
            variant="outline"
            onClick={() => void save()}
            loading={publish.busy === 'save'}
            disabled={!canWrite || publish.busy !== null || generation.busy}
          >
            <Library aria-hidden /> Save to library
          </Button>
        }
      />
      <div className="grid gap-4">
        {restored ? (
          <Alert
            variant="info"
            title="We brought back what you had not saved."
            action={
              <span className="flex gap-2">
                <Button size="sm" variant="ghost" onClick={() => setRestored(false)}>
                  Keep it
                </Button>
                <Button size="sm" variant="outline" onClick={discard}>
                  Start over
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
                  See plans
                </Button>
              ) : undefined
            }
          />
        ) : null}
        {publish.error ? <Alert variant="destructive" title={publish.error.message} /> : null}
        {conflict ? (
          <ConflictPanel
            draft={draft}
            conflict={conflict}
            onKeepMine={() => {
              publish.clearConflict();
              const mine = { ...draft, version: conflict.version };
              patch(mine);
              void save(mine);
            }}
            onTakeTheirs={() => {
              publish.clearConflict();
              settle({
                ...draft,
                version: conflict.version,
                title: conflict.title,
                variants: Object.fromEntries(conflict.variants.map((v) => [v.platform, variantDraft(v)])),
              });
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
              <EmptyState
                title="Choose where it goes"
                description="Each account that you choose gets its own text here, within that platform's limits."
              />
            ) : (
              platforms.map((platform) => (
                <VariantCard
                  key={platform}
                  platform={platform}
                  account={accountOf(platform)}
                  variant={draft.variants[platform] ?? BLANK}
                  writing={generation.writing[platform]}
                  error={fields[`variants.${platform}`]}
                  linkError={linkProblem(draft.variants[platform]?.link ?? '')}
                  others={platforms
                    .filter((other) => other !== platform)
                    .map((other) => ({ platform: other, media: draft.variants[other]?.media ?? [] }))}
                  onMediaStatus={(status) => setMedia((before) => ({ ...before, [platform]: status }))}
                  onChange={(variant) =>
                    patch((before) => ({
                      variants: {
                        ...before.variants,
                        [platform]:
                          typeof variant === 'function'
                            ? variant(before.variants[platform] ?? BLANK)
                            : variant,
                      },
                    }))
                  }
                />
              ))
            )}
            {platforms.length > 0 ? (
              <SendPanel
                draft={draft}
                patch={patch}
                zone={zone}
                zoneLabel={zoneLabel}
                accounts={sendable}
                blocked={blocked}
                error={publish.error}
                busy={publish.busy}
                review={allowance.needsApproval}
                check={canWrite && !generation.busy ? checkOf(draft, sendable) : null}
                onSend={() => void send()}
              />
            ) : null}
          </div>
        </div>
      </div>
    </>
  );
}

function linkProblem(link: string): string | undefined {
  if (link.trim() === '') return undefined;
  try {
    return /^https?:$/.test(new URL(link.trim()).protocol)
      ? undefined
      : 'Use a full address such as https://example.com.';
  } catch {
    return 'Use a full address such as https://example.com.';
  }
}

function blockedBy({
  canWrite,
  chosen,
  sendable,
  draft,
  media,
  busy,
}: {
  canWrite: boolean;
  chosen: readonly Connection[];
  sendable: readonly Connection[];
  draft: Draft;
  media: Record<string, MediaStatus>;
  busy: boolean;
}): string | null {
  if (!canWrite) return 'Your role in this workspace is to look. Ask an owner or a manager to post.';
  if (busy) return 'The texts are still being written.';
  if (chosen.length === 0) return 'Choose a connected account to post to.';
  if (chosen.some((c) => (media[c.platform] ?? NO_MEDIA_STATUS).uploading > 0))
    return 'The pictures are still being uploaded.';
  if (sendable.length === 0) return 'Write a text or add a picture first.';
  for (const { platform } of sendable) {
    const variant = draft.variants[platform];
    if (!variant) continue;
    const wrong = variant.media?.length ? media[platform]?.problem : null;
    if (wrong) return wrong;
    if (!fitsPlatform(platform, variant.text, variant.link))
      return `The text for ${platformName(platform)} is too long.`;
    const { kind, most, characters } = followLimits(platform);
    const parts = writtenParts(variant);
    const what = kind === 'thread' ? 'thread' : 'first comment';
    if (parts.length > most) return `There are too many parts for ${platformName(platform)}.`;
    if (
      characters !== null &&
      parts.some((p) => countText(platform, composeFollowing(p.text, p.link)) > characters)
    )
      return `A part of the ${what} for ${platformName(platform)} is too long.`;
    if (linkProblem(variant.link)) return `The link for ${platformName(platform)} is not a full address.`;
  }
  const expired = sendable.find((c) => c.status !== 'active');
  if (expired) return `Reconnect ${expired.remoteName} on ${platformName(expired.platform)} first.`;
  return null;
}
