import type { useTranslations } from 'next-intl';
import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { completeActionInput } from '@/server/domains/todo/schemas';

/** What is asked for: an answer, and the address of a post with it. */
export interface Asked {
  answer: boolean;
  address: 'no' | 'optional' | 'required';
}

/** An answer as it is typed becomes the one that is sent. */
export const answerSchema = (asked: Asked, t: ReturnType<typeof useTranslations<'todo.wrong'>>) =>
  z
    .object({ answer: z.string(), address: z.string() })
    .superRefine(({ answer, address }, context) => {
      const refuse = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (asked.answer && !answer.trim()) refuse('answer', t('answer'));
      if (asked.address === 'required' && !address.trim()) refuse('permalink', t('address'));
    })
    .transform(({ answer, address }) => ({
      ...(asked.answer ? { answer: answer.trim() } : {}),
      ...(asked.address !== 'no' && address.trim() ? { permalink: address.trim() } : {}),
    }))
    .pipe(into(completeActionInput.omit({ id: true })));
