import { previewTopic } from '@/server/domains/generation/preview-topic';
import { chooseTopics } from '@/server/domains/topics/choose-topics';
import { listTopics } from '@/server/domains/topics/queries';
import {
  chooseTopicsInput,
  previewTopicInput,
  previewTopicOutput,
  topicsOutput,
} from '@/server/domains/topics/schemas';
import { memberProcedure, router } from '../init';

export const topicsRouter = router({
  list: memberProcedure('viewer')
    .output(topicsOutput)
    .query(({ ctx }) => listTopics({ ctx: ctx.verb })),
  choose: memberProcedure('manager')
    .input(chooseTopicsInput)
    .output(topicsOutput)
    .mutation(({ ctx, input }) => chooseTopics({ ctx: ctx.verb, input })),
  preview: memberProcedure('viewer')
    .input(previewTopicInput)
    .output(previewTopicOutput)
    .query(({ ctx, input }) => previewTopic({ ctx: ctx.verb, input })),
});
