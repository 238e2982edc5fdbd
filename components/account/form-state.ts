import { TRPCError } from '@trpc/server';
import type { ZodError } from 'zod';
import { DEFAULT_LOCALE } from '@/i18n/locales';
import { requestLocale } from '@/i18n/request-locale';
import { wordsIn } from '@/i18n/words';
import { issueFact } from '@/server/foundation/errors';
import { fact, formatFields, type Words } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { log } from '@/server/foundation/log';
import { refusalOf } from '@/server/foundation/refusal';

/** Result of a form action that does not lead to another page. */
export interface FormState {
  message?: string;
  /** Errors, by the name of the control. */
  fields?: Record<string, string>;
  /** The submitted values, without passwords, for browsers that lose them. */
  values?: Record<string, string>;
  /** The success message. */
  done?: string;
}

/** The messages in the language of the form's sender. */
export const formWords = async (): Promise<Words> => wordsIn(await requestLocale());

/** Zod's issues as field errors: the first one of each field. */
export function problemsOf(error: ZodError, words: Words = wordsIn(DEFAULT_LOCALE)): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) fields[String(issue.path[0] ?? '')] ??= words.say(issueFact(issue));
  return fields;
}

/** Turns an error of a verb or a procedure into a form state. Internal errors become a reference number. */
export function failed(error: unknown, words: Words = wordsIn(DEFAULT_LOCALE)): FormState {
  const cause = error instanceof TRPCError ? error.cause : error;
  const known = refusalOf(cause);
  if (known) {
    const fields =
      cause instanceof Error && cause.name === 'ZodError'
        ? problemsOf(cause as ZodError, words)
        : formatFields(words.say, known.fields);
    return { message: words.say(known.fact), ...(fields ? { fields } : {}) };
  }
  if (error instanceof TRPCError && (error.code === 'FORBIDDEN' || error.code === 'UNAUTHORIZED'))
    return { message: error.message };
  const reference = newId('event').slice(-8);
  log().error({ err: error, reference }, 'form failed');
  return { message: words.say(fact('errors.internal', { reference })) };
}

/**
 * Returns one text of a form. Files count as empty, and so does anything that is not a form, because an action can be called with any
 * argument.
 */
export function textOf(form: FormData, name: string): string {
  const value = form instanceof FormData ? form.get(name) : null;
  return typeof value === 'string' ? value : '';
}
