import { z } from 'zod';
import { asMessage, factOutput } from '@/server/foundation/facts';
import {
  id,
  instant,
  limit,
  localDate,
  MAX_INT,
  minuteOfDay,
  text,
  timeCursor,
  timeOfDay,
  token,
  version,
  whole,
} from '@/server/foundation/inputs';
import { optionsInput, optionsOutput, targetInput } from '../connections/option-schemas';
import { publicationOutput } from '../publications/schemas';

const weekday = whole({ min: 1, max: 7 });
const day = localDate();
const slotValue = z.object({ weekday, minute: minuteOfDay(), topicId: id('topic').nullish() });
const requestKey = token({ min: 8, max: 80 });

/** Maximum number of slots per account. One every quarter of an hour while awake is more than any platform tolerates. */
export const MAX_SLOTS = 350;

export const addSlotsInput = z.object({
  connectionId: id('connection'),
  slots: z.array(slotValue).min(1, asMessage('validation.planning.chooseDay')).max(MAX_SLOTS),
});
export const removeSlotsInput = z.object({ ids: z.array(id('slot')).min(1).max(MAX_SLOTS) });
export const changeSlotInput = z.object({ id: id('slot'), topicId: id('topic').nullable() });
export const copySlotsInput = z.object({
  from: id('connection'),
  to: z.array(id('connection')).min(1).max(50),
});
export const nextSlotsInput = z.object({
  connectionIds: z.array(id('connection')).min(1).max(50),
  topicId: id('topic').nullish(),
});
export const queueInput = z.object({
  connectionId: id('connection'),
  limit: limit(200).default(50),
  cursor: timeCursor('publication').nullish(),
});
export const reorderInput = z.object({
  connectionId: id('connection'),
  /** Posts of this account's queue in their new order. They exchange their times. */
  items: z
    .array(z.object({ id: id('publication'), version: version() }))
    .min(2)
    .max(500),
});
export const calendarInput = z.object({ from: instant(), to: instant() });
export const saveMissedInput = z.object({
  policy: z.enum(['post', 'skip', 'ask']),
  minutes: whole({
    min: 1,
    max: 10_080,
    notWhole: asMessage('validation.planning.wholeMinutes'),
    tooSmall: asMessage('validation.planning.minutesTooFew'),
    tooLarge: asMessage('validation.planning.minutesTooMany'),
  }),
  /** The values that the user saw, so that nobody overwrites a change unseen. */
  seen: z.object({ policy: z.enum(['post', 'skip', 'ask']), minutes: whole({ min: 0, max: MAX_INT }) }),
});

export const slotOutput = z.object({
  id: z.string(),
  weekday: z.number(),
  minute: z.number(),
  topicId: z.string().nullable(),
});
export const planOutput = z.object({
  timeZone: z.string(),
  topics: z.array(z.object({ id: z.string(), name: factOutput })),
  connections: z.array(
    z.object({
      id: z.string(),
      platform: z.string(),
      name: z.string(),
      status: z.string(),
      environment: z.enum(['live', 'sandbox']),
      slots: z.array(slotOutput),
      /** Number of pending publications on this account. */
      waiting: z.number(),
    }),
  ),
  /** Clock changes of the next weeks that move or double a slot. */
  notes: z.array(z.object({ connectionId: z.string(), at: z.date(), note: factOutput })),
});
export const slotTimeOutput = z.object({
  slotId: z.string(),
  topicId: z.string().nullable(),
  at: z.date(),
  local: z.string(),
  note: factOutput.nullable(),
});
export const nextSlotsOutput = z.object({
  timeZone: z.string(),
  items: z.array(
    z.object({
      connectionId: z.string(),
      slot: slotTimeOutput.nullable(),
      /** Why there is no slot. */
      reason: factOutput.nullable(),
    }),
  ),
});
export const queueOutput = z.object({
  timeZone: z.string(),
  items: z.array(
    publicationOutput.extend({
      /** Whether its time is that of a slot. */
      inSlot: z.boolean(),
      /** What created it: a series or recycling; null for a user and for follow-ups. */
      madeBy: z.enum(['series', 'evergreen']).nullable(),
      /** Set if a clock change moved its slot. */
      slotNote: factOutput.nullable(),
    }),
  ),
  /** Free slots between these posts. */
  free: z.array(slotTimeOutput),
  nextCursor: z.string().nullable(),
});
export const reorderOutput = z.object({
  /** The given posts by time, with their new versions. */
  items: z.array(z.object({ id: z.string(), version: z.number(), dueAt: z.date() })),
  /** Whether the new times need approval before publication. */
  asked: z.boolean(),
});
export const calendarOutput = z.object({
  free: z.array(slotTimeOutput.extend({ connectionId: z.string() })),
  /** Publications that a series or recycling created. */
  marks: z.record(z.string(), z.enum(['series', 'evergreen'])),
});
export const missedOutput = z.object({ policy: z.enum(['post', 'skip', 'ask']), minutes: z.number() });

const time = timeOfDay();
export const createSeriesInput = z.object({
  postId: id('post'),
  version: version(),
  targets: z.array(targetInput).min(1, asMessage('validation.chooseAccount')).max(50),
  unit: z.enum(['day', 'week', 'month']),
  every: whole({
    min: 1,
    max: 366,
    tooSmall: asMessage('validation.planning.everyTooSmall'),
    tooLarge: asMessage('validation.planning.everyTooLarge'),
  }),
  weekdays: z.array(weekday).max(7).default([]),
  startDay: day,
  time,
  ends: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('never') }),
    z.object({ kind: z.literal('on'), day }),
    z.object({ kind: z.literal('after'), count: whole({ min: 1, max: 1000 }) }),
  ]),
  /** Created once per press of the button. A repeated key returns the same series. */
  requestKey,
});
export const seriesIdInput = z.object({ id: id('series') });
const scope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  /** This day of the rule and the days after it. */
  z.object({ kind: z.literal('later'), day }),
]);
export const changeSeriesInput = z
  .object({
    id: id('series'),
    version: version(),
    scope,
    time: time.optional(),
    newestText: z.boolean().optional(),
  })
  .refine((v) => v.time !== undefined || v.newestText, asMessage('validation.planning.chooseChange'));
export const endSeriesInput = z.object({ id: id('series'), version: version(), scope });
export const listSeriesInput = z.object({
  state: z.enum(['active', 'ended']).default('active'),
  limit: limit(100).default(30),
  cursor: timeCursor('series').nullish(),
});
export const seriesOutput = z.object({
  id: z.string(),
  postId: z.string(),
  postTitle: z.string(),
  rule: factOutput,
  unit: z.enum(['day', 'week', 'month']),
  time: z.string(),
  timeZone: z.string(),
  state: z.enum(['active', 'ended']),
  version: z.number(),
  problem: factOutput.nullable(),
  /** Whether it is awaiting approval. */
  waitsForApproval: z.boolean(),
  targets: z.array(
    z.object({
      connectionId: z.string(),
      platform: z.string(),
      name: z.string(),
      status: z.string(),
      options: optionsOutput,
    }),
  ),
  /** The next times of the rule, with the effects of clock changes. */
  next: z.array(z.object({ day: z.string(), local: z.string(), at: z.date(), note: factOutput.nullable() })),
  made: z.number(),
  waiting: z.number(),
});
export const seriesListOutput = z.object({
  items: z.array(seriesOutput),
  nextCursor: z.string().nullable(),
});

export const evergreenInput = z.object({
  postId: id('post'),
  gapDays: whole({
    min: 1,
    max: 730,
    notWhole: asMessage('validation.planning.gapNotANumber'),
    tooSmall: asMessage('validation.planning.gapTooSmall'),
    tooLarge: asMessage('validation.planning.gapTooLarge'),
  }),
  paused: z.boolean().default(false),
  wordings: z
    .record(
      token({ min: 1, max: 40 }),
      z
        .array(
          text({ min: 1, max: 20_000, trim: true, tooShort: asMessage('validation.planning.wordingEmpty') }),
        )
        .max(10),
    )
    .default({}),
  /** New options of some accounts. The others keep theirs. */
  options: z
    .array(z.object({ connectionId: id('connection'), options: optionsInput }))
    .max(50)
    .refine(
      (all) => new Set(all.map((o) => o.connectionId)).size === all.length,
      asMessage('validation.posts.accountTwice'),
    )
    .default([]),
  /** The version that the user saw; 0 for a post that is not evergreen yet. */
  version: version(0),
});
export const removeEvergreenInput = z.object({ postId: id('post') });
export const listEvergreenInput = z.object({
  limit: limit(100).default(30),
  cursor: timeCursor('post').nullish(),
});
export const evergreenOutput = z.object({
  postId: z.string(),
  title: z.string(),
  topicId: z.string().nullable(),
  gapDays: z.number(),
  paused: z.boolean(),
  version: z.number(),
  /** The post's own texts, by platform. */
  texts: z.array(z.object({ platform: z.string(), text: z.string() })),
  wordings: z.record(z.string(), z.array(z.string())),
  /** Media of the post's texts, for rules about options and media. */
  media: z.record(z.string(), z.array(z.object({ kind: z.enum(['picture', 'gif', 'video', 'document']) }))),
  /** The options with which it is recycled next, by connection; an account that is missing has the defaults. */
  options: z.record(z.string(), optionsOutput),
  /** How often it was published, and when it last was or next will be. */
  times: z.number(),
  lastAt: z.date().nullable(),
  nextAt: z.date().nullable(),
});
export const evergreenListOutput = z.object({
  items: z.array(evergreenOutput),
  nextCursor: z.string().nullable(),
});

export type Plan = z.output<typeof planOutput>;
export type Series = z.output<typeof seriesOutput>;
