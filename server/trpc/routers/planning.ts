import { z } from 'zod';
import { getDefaultBoost, saveDefaultBoost } from '@/server/domains/follow-up-rules/default-boost';
import { defaultBoostOutput, saveDefaultBoostInput } from '@/server/domains/follow-up-rules/schemas';
import { changeSeries } from '@/server/domains/planning/change-series';
import { addSlots, changeSlot, copySlots, removeSlots } from '@/server/domains/planning/change-slots';
import { createSeries } from '@/server/domains/planning/create-series';
import { endSeries } from '@/server/domains/planning/end-series';
import { listEvergreen, removeEvergreen, setEvergreen } from '@/server/domains/planning/evergreen';
import { getSeries, listSeries } from '@/server/domains/planning/list-series';
import { getQueue, nextSlots, planCalendar } from '@/server/domains/planning/queue';
import { reorderQueue } from '@/server/domains/planning/reorder-queue';
import {
  addSlotsInput,
  calendarInput,
  calendarOutput,
  changeSeriesInput,
  changeSlotInput,
  copySlotsInput,
  createSeriesInput,
  endSeriesInput,
  evergreenInput,
  evergreenListOutput,
  listEvergreenInput,
  listSeriesInput,
  missedOutput,
  nextSlotsInput,
  nextSlotsOutput,
  planOutput,
  queueInput,
  queueOutput,
  removeEvergreenInput,
  removeSlotsInput,
  reorderInput,
  reorderOutput,
  saveMissedInput,
  seriesIdInput,
  seriesListOutput,
  seriesOutput,
} from '@/server/domains/planning/schemas';
import { getMissed, getPlan, saveMissed } from '@/server/domains/planning/settings';
import { publicationOutput } from '@/server/domains/publications/schemas';
import { memberProcedure, router } from '../init';

export const planningRouter = router({
  plan: memberProcedure('viewer')
    .output(planOutput)
    .query(({ ctx }) => getPlan(ctx.verb)),
  addSlots: memberProcedure('manager')
    .input(addSlotsInput)
    .output(z.object({ added: z.number() }))
    .mutation(({ ctx, input }) => addSlots({ ctx: ctx.verb, input })),
  removeSlots: memberProcedure('manager')
    .input(removeSlotsInput)
    .mutation(({ ctx, input }) => removeSlots({ ctx: ctx.verb, input })),
  changeSlot: memberProcedure('manager')
    .input(changeSlotInput)
    .output(z.object({ id: z.string(), topicId: z.string().nullable() }))
    .mutation(({ ctx, input }) => changeSlot({ ctx: ctx.verb, input })),
  copySlots: memberProcedure('manager')
    .input(copySlotsInput)
    .output(z.object({ accounts: z.number() }))
    .mutation(({ ctx, input }) => copySlots({ ctx: ctx.verb, input })),
  nextSlots: memberProcedure('viewer')
    .input(nextSlotsInput)
    .output(nextSlotsOutput)
    .query(({ ctx, input }) => nextSlots({ ctx: ctx.verb, input })),
  queue: memberProcedure('viewer')
    .input(queueInput)
    .output(queueOutput)
    .query(({ ctx, input }) => getQueue({ ctx: ctx.verb, input })),
  reorder: memberProcedure('operator')
    .input(reorderInput)
    .output(reorderOutput)
    .mutation(({ ctx, input }) => reorderQueue({ ctx: ctx.verb, input })),
  calendar: memberProcedure('viewer')
    .input(calendarInput)
    .output(calendarOutput)
    .query(({ ctx, input }) => planCalendar({ ctx: ctx.verb, input })),
  missed: memberProcedure('viewer')
    .output(missedOutput)
    .query(({ ctx }) => getMissed(ctx.verb)),
  saveMissed: memberProcedure('manager')
    .input(saveMissedInput)
    .output(missedOutput)
    .mutation(({ ctx, input }) => saveMissed({ ctx: ctx.verb, input })),
  boost: memberProcedure('viewer')
    .output(defaultBoostOutput)
    .query(({ ctx }) => getDefaultBoost(ctx.verb)),
  saveBoost: memberProcedure('manager')
    .input(saveDefaultBoostInput)
    .output(defaultBoostOutput)
    .mutation(({ ctx, input }) => saveDefaultBoost({ ctx: ctx.verb, input })),
  createSeries: memberProcedure('operator')
    .input(createSeriesInput)
    .output(z.object({ id: z.string(), made: z.number(), rule: z.string() }))
    .mutation(({ ctx, input }) => createSeries({ ctx: ctx.verb, input })),
  changeSeries: memberProcedure('operator')
    .input(changeSeriesInput)
    .output(z.object({ id: z.string(), changed: z.number() }))
    .mutation(({ ctx, input }) => changeSeries({ ctx: ctx.verb, input })),
  endSeries: memberProcedure('operator')
    .input(endSeriesInput)
    .output(z.object({ cancelled: z.number() }))
    .mutation(({ ctx, input }) => endSeries({ ctx: ctx.verb, input })),
  series: memberProcedure('viewer')
    .input(listSeriesInput)
    .output(seriesListOutput)
    .query(({ ctx, input }) => listSeries({ ctx: ctx.verb, input })),
  getSeries: memberProcedure('viewer')
    .input(seriesIdInput)
    .output(
      z.object({
        series: seriesOutput,
        waiting: z.array(publicationOutput.extend({ day: z.string() })),
      }),
    )
    .query(({ ctx, input }) => getSeries({ ctx: ctx.verb, input })),
  evergreen: memberProcedure('viewer')
    .input(listEvergreenInput)
    .output(evergreenListOutput)
    .query(({ ctx, input }) => listEvergreen({ ctx: ctx.verb, input })),
  setEvergreen: memberProcedure('operator')
    .input(evergreenInput)
    .output(z.object({ postId: z.string(), version: z.number() }))
    .mutation(({ ctx, input }) => setEvergreen({ ctx: ctx.verb, input })),
  removeEvergreen: memberProcedure('operator')
    .input(removeEvergreenInput)
    .mutation(({ ctx, input }) => removeEvergreen({ ctx: ctx.verb, input })),
});
