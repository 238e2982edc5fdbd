import { firstPlatforms, platformFace } from '@/server/connectors/faces';
import { fact } from '@/server/foundation/facts';
import { defineVerb } from '@/server/verbs/define';
import { TOPICS } from '../topics/catalogue';
import { previewTopicInput, previewTopicOutput } from '../topics/schemas';
import { draftOffline } from './offline/draft';

/** Returns sample posts of a topic. The offline drafter writes them, so they are free and do not count against any limit. */
export const previewTopic = defineVerb({
  verb: 'topics.preview',
  access: 'workspace.read',
  effect: 'read',
  input: previewTopicInput,
  output: previewTopicOutput,
  run: async (_ctx, input) => {
    const { slug, seed, creativity } = input;
    const topic = TOPICS[slug];
    return {
      slug,
      provider: fact('generation.notes.offline'),
      samples: [...topic.samples],
      drafts: firstPlatforms().map((platform) => ({
        platform,
        platformName: platformFace(platform).name,
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
  },
});
