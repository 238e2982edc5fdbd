import { env } from '@/server/foundation/env';
import { streamOf } from '@/server/foundation/streams';
import { defineVerb } from '@/server/verbs/define';
import { stream } from '@/server/verbs/streams';
import { generateVariants } from './generate-variants';
import { providersFrom } from './providers';
import { generateInput, generationEvent } from './schemas';

/**
 * Writes a text for each platform and streams the progress. Refusals are thrown before the first event and before anything is stored.
 * Cancelling the stream stops the models.
 */
export const writeDrafts = defineVerb({
  verb: 'generation.write',
  access: 'posts.write',
  effect: 'change',
  input: generateInput,
  output: stream(generationEvent),
  run: async (ctx, input) => {
    const leave = new AbortController();
    const events = await generateVariants({
      ctx,
      input,
      providers: providersFrom(env()),
      signal: leave.signal,
    });
    return streamOf(events, () => leave.abort(new Error('The reader disconnected')));
  },
});
