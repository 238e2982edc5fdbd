import type { z } from 'zod';
import { platformManifest } from '@/server/connectors/manifests';
import type { Ctx } from '../context';
import { TOPICS } from '../topics/catalogue';
import { type PreviewTopicOutput, previewTopicInput } from '../topics/schemas';
import { draftOffline } from './offline/draft';

const PREVIEW_PLATFORMS = ['x', 'facebook'] as const;

/** What posts on a topic will sound like. Written by the offline drafter: costs nothing and counts against no limit. */
export async function previewTopic({
  input,
}: {
  ctx: Ctx;
  input: z.input<typeof previewTopicInput>;
}): Promise<PreviewTopicOutput> {
  const { slug, seed, creativity } = previewTopicInput.parse(input);
  const topic = TOPICS[slug];
  return {
    slug,
    provider: 'Offline drafter',
    samples: [...topic.samples],
    drafts: PREVIEW_PLATFORMS.map((platform) => ({
      platform,
      platformName: platformManifest(platform).name,
      text: draftOffline({
        platform,
        topic: { slug, tone: topic.tone },
        prompt: '',
        creativity,
        hashtags: true,
        emoji: false,
        seed,
      }).text,
    })),
  };
}
