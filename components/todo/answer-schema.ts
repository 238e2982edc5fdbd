import type { useTranslations } from 'next-intl';
import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { completeActionInput } from '@/server/domains/todo/schemas';

/** Whether the answer includes the address of the post. */
export type AddressRequirement = 'no' | 'optional' | 'required';

/** Turns a typed answer into the one that is sent. */
export const answerSchema = (
  asked: AddressRequirement,
  t: ReturnType<typeof useTranslations<'todo.wrong'>>,
  missing: 'address' | 'postAddress' = 'address',
) =>
  z
    .object({ answer: z.string(), address: z.string() })
    .superRefine(({ answer, address }, context) => {
      const refuse = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (!answer.trim()) refuse('answer', t('answer'));
      if (asked === 'required' && !address.trim()) refuse('permalink', t(missing));
    })
    .transform(({ answer, address }) => ({
      answer: answer.trim(),
      ...(asked !== 'no' && address.trim() ? { permalink: address.trim() } : {}),
    }))
    .pipe(into(completeActionInput.omit({ id: true, fingerprint: true })));
