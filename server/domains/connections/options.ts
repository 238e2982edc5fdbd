import { and, asc, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { connections, MEDIA_KINDS } from '@/db/schema';
import { maxLengthOf, type OptionField } from '@/server/connectors/kit/options';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { AppError, notFound } from '@/server/foundation/errors';
import { fact, factOutput } from '@/server/foundation/facts';
import { id, search, token } from '@/server/foundation/inputs';
import { truncateText, withoutBrokenEnd } from '@/server/foundation/storable';
import { defineVerb, nothing } from '@/server/verbs/define';
import { optionTerms } from '@/server/verbs/platforms';
import { MAX_CHOICE_LABEL, remoteChoice } from './option-schemas';
import { withTimeLimit } from './with-time-limit';

/** How long a list of choices may take, in milliseconds. Somebody is waiting for it. */
const CHOICES_LIMIT_MS = 15_000;
/** Maximum number of choices of one page that are shown. */
const MAX_CHOICES = 100;
const MAX_CURSOR = 1000;

const common = {
  id: z.string(),
  label: factOutput,
  help: factOutput.nullable(),
  required: z.boolean(),
};
const optionFieldOutput = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('text'),
    default: z.string(),
    maxLength: z.number(),
    /** Whether it counts towards the length of the text. */
    counts: z.boolean(),
  }),
  z.object({
    ...common,
    kind: z.literal('choice'),
    default: z.string(),
    choices: z.array(z.object({ value: z.string(), label: factOutput })),
  }),
  z.object({ ...common, kind: z.literal('switch'), default: z.boolean() }),
  z.object({ ...common, kind: z.literal('remote_choice') }),
]);
type FieldOutput = z.output<typeof optionFieldOutput>;

const condition = z.union([
  z.object({
    options: z.array(z.string()),
    atLeast: z.number().optional(),
    is: z.union([z.string(), z.boolean()]).optional(),
  }),
  z.object({ media: z.array(z.enum(MEDIA_KINDS)) }),
]);
/** A rule about several options, or about options and media, which forms check as the server does (kit/option-rules.ts). */
const optionRuleOutput = z.object({
  field: z.string(),
  when: condition.optional(),
  requires: z.array(condition).optional(),
  excludes: z.array(condition).optional(),
  distinct: z.array(z.string()).optional(),
  message: factOutput,
});
type RuleOutput = z.output<typeof optionRuleOutput>;

function described(field: OptionField): FieldOutput {
  const { id: name, label, help = null, required = false } = field;
  const shared = { id: name, label, help, required };
  switch (field.kind) {
    case 'text':
      return {
        ...shared,
        kind: 'text',
        default: field.default ?? '',
        maxLength: maxLengthOf(field),
        counts: field.counts === true,
      };
    case 'choice':
      return { ...shared, kind: 'choice', default: field.default ?? '', choices: [...field.choices] };
    case 'switch':
      return { ...shared, kind: 'switch', default: field.default ?? false };
    case 'remote_choice':
      return { ...shared, kind: 'remote_choice' };
  }
}

/** Lists the accounts whose platform takes options besides the text, with the fields of a form. */
export const listOptions = defineVerb({
  verb: 'connections.options',
  access: 'workspace.read',
  effect: 'read',
  input: nothing,
  output: z.array(
    z.object({
      connectionId: z.string(),
      platform: z.string(),
      connectionName: z.string(),
      fields: z.array(optionFieldOutput),
      rules: z.array(optionRuleOutput),
    }),
  ),
  run: async (ctx) => {
    const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select({
          connectionId: connections.id,
          platform: connections.platform,
          connectionName: connections.remoteName,
          limits: connections.limits,
        })
        .from(connections)
        .where(and(eq(connections.workspaceId, ctx.workspaceId), ne(connections.status, 'disconnected')))
        .orderBy(asc(connections.createdAt), asc(connections.id)),
    );
    return rows.flatMap(({ limits, ...row }) => {
      const { options: fields, optionRules } = optionTerms(ctx.platforms, row.platform, limits);
      if (fields.length === 0) return [];
      return [
        { ...row, fields: fields.map(described), rules: structuredClone([...optionRules]) as RuleOutput[] },
      ];
    });
  },
});

/**
 * Asks an account's platform what can be chosen in an option, a page at a time. Nothing is stored. Throws `invalid` if there is no such
 * option, `conflict` if the account must be reconnected first, and `platform_failed` if the platform does not answer within 15 seconds or
 * refuses.
 */
export const listChoices = defineVerb({
  verb: 'connections.choices',
  access: 'posts.write',
  effect: 'read',
  input: z.object({
    connectionId: id('connection'),
    field: token({ min: 1, max: 40 }),
    search: search().default(''),
    cursor: token({ min: 1, max: MAX_CURSOR }).nullish(),
  }),
  output: z.object({
    choices: z.array(z.object({ value: z.string(), label: z.string() })),
    nextCursor: z.string().nullable(),
  }),
  run: async (ctx, { connectionId, field, search: term, cursor }) => {
    const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select({
          platform: connections.platform,
          status: connections.status,
          account: connections.remoteName,
        })
        .from(connections)
        .where(and(eq(connections.workspaceId, ctx.workspaceId), eq(connections.id, connectionId))),
    );
    if (!row) throw notFound('account');
    const traits = ctx.platforms.traits(row.platform);
    const platform = traits?.name ?? row.platform;
    if (!traits?.options.some((option) => option.id === field && option.kind === 'remote_choice'))
      throw new AppError('invalid', fact('connections.errors.nothingToChoose', { platform }));
    if (row.status !== 'active')
      throw new AppError(
        'conflict',
        fact('connections.errors.reconnectFirst', { account: row.account, platform }),
      );
    try {
      const answer = await withTimeLimit(CHOICES_LIMIT_MS, () =>
        ctx.platforms.call({
          ctx,
          connectionId,
          capability: 'choices',
          input: { field, search: term, cursor: cursor ?? null },
        }),
      );
      return {
        choices: answer.choices.slice(0, MAX_CHOICES).flatMap(usable),
        nextCursor: usableCursor(answer.nextCursor, cursor ?? null),
      };
    } catch (error) {
      if (!isConnectorFault(error)) throw error;
      throw new AppError('platform_failed', error.fact, { cause: error });
    }
  },
});

/** Returns a choice that can be stored, with a readable name; nothing for one that cannot. */
function usable({ value, label }: { value: string; label: string }): z.output<typeof remoteChoice>[] {
  const name = label.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim() || value;
  const read = remoteChoice.safeParse({
    value,
    label: withoutBrokenEnd(truncateText(name, MAX_CHOICE_LABEL)),
  });
  return read.success ? [read.data] : [];
}

/** A cursor that does not move on would never end the list. */
const usableCursor = (next: string | null, cursor: string | null): string | null =>
  next !== null && next !== '' && next !== cursor && next.length <= MAX_CURSOR ? next : null;
