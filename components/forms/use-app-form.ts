'use client';

import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { useTranslations } from 'next-intl';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import {
  type DefaultValues,
  type FieldErrors,
  type FieldValues,
  type Path,
  type PathValue,
  useForm,
} from 'react-hook-form';
import type { z } from 'zod';
import { readAppError, type ShownError } from '@/components/trpc/app-error';
import { fieldsOf } from './field-errors';
import { type ByEntry, changed, follow, sameForm, stored } from './follow';
import { messageInWords } from './message-in-words';

/** What came of saving: the server's answer, and whether it has all that was typed. */
export interface Saved<A> {
  answer: A;
  all: boolean;
}

/**
 * A form over react-hook-form that is checked with Zod before it is sent, and that follows the server.
 *
 * `now` is what the server says (plain JSON values). Fields that nobody touched take a new state of it; what was typed is never
 * overwritten, also not while the form's own save is under way. `schema` answers how the form becomes the input of the server's verb; it is
 * fetched when somebody submits, so that no page loads Zod beforehand. `send` gets that input and `seen`, the state of the server that the
 * form rests on: send its version, so that a change of somebody else is noticed.
 *
 * What the schema or the server finds wrong is in `fields` by its name; `FormErrors` shows it and moves the focus to the first. A second
 * submission while one is under way is ignored.
 */
export function useAppForm<T extends FieldValues, I, A>({
  now,
  byEntry,
  schema,
  send,
  answered = () => ({}),
  onSaved,
  onFailed,
}: {
  now: T;
  byEntry?: ByEntry<T>;
  schema: (typed: T) => Promise<z.ZodType<I>>;
  send: (input: I, seen: T) => Promise<A>;
  /** What the form shows after the server's answer, where that says more than what was sent. */
  answered?: (answer: A, sent: T) => Partial<T>;
  onSaved?: (saved: Saved<A>) => void;
  onFailed?: (error: ShownError) => void;
}) {
  const t = useTranslations('facts.validation');
  const [saved, setSaved] = useState(false);
  const [seen, setSeen] = useState(now);
  /** What was in the form when it was submitted. */
  const sent = useRef(now);
  const form = useForm<T, unknown, I & FieldValues>({
    defaultValues: now as DefaultValues<T>,
    resolver: async (values, context, options) => {
      sent.current = structuredClone(values);
      try {
        const resolve = standardSchemaResolver<T, unknown, I & FieldValues>(
          (await schema(values)) as z.ZodType<I & FieldValues, T>,
        );
        return await resolve(values, context, options);
      } catch (error) {
        // The schema could not be fetched.
        const errors = { root: { type: 'load', message: readAppError(error).message } } as FieldErrors<T>;
        return { values: {}, errors };
      }
    },
    mode: 'onSubmit',
    // What is wrong stays said until the next attempt: it moves the focus, and that not while somebody types.
    reValidateMode: 'onSubmit',
    shouldFocusError: false,
  });
  const { getValues, reset, setError, setValue, clearErrors } = form;
  const value = form.watch() as T;
  const busy = useRef(false);
  const rests = useRef(seen);

  /** Says what is wrong with fields, in place of what was wrong before. */
  const report = useCallback(
    (wrong: Record<string, string>) => {
      clearErrors();
      for (const [name, message] of Object.entries(wrong))
        setError(name as Path<T>, { type: 'server', message });
    },
    [clearErrors, setError],
  );
  /** Shows `shown`, resting on `on`: what differs is what somebody typed. */
  const show = (shown: T, on: T) => {
    rests.current = on;
    setSeen(on);
    reset(on, { keepErrors: true, keepIsSubmitted: true, keepSubmitCount: true });
    for (const name of changed(on, shown))
      setValue(name as Path<T>, shown[name] as PathValue<T, Path<T>>, { shouldDirty: true });
  };
  const reported = useRef(now);
  useEffect(() => {
    if (sameForm(reported.current, now)) return;
    reported.current = now;
    const next = follow(getValues(), rests.current, now, byEntry);
    show(next.value, next.seen);
  });

  const set = (change: Partial<T>) => {
    setSaved(false);
    for (const [name, typed] of Object.entries(change))
      setValue(name as Path<T>, typed as PathValue<T, Path<T>>, { shouldDirty: true });
  };
  const fail = (cause: unknown): ShownError => {
    const error = readAppError(cause);
    report(error.fields);
    setError('root.server', { type: 'server', message: error.message });
    onFailed?.(error);
    return error;
  };
  const save = form.handleSubmit(async (input) => {
    let answer: A;
    try {
      answer = await send(input, rests.current);
    } catch (error) {
      fail(error);
      return;
    }
    const next = stored(getValues(), sent.current, answered(answer, sent.current));
    show(next.value, next.seen);
    setSaved(next.all);
    onSaved?.({ answer, all: next.all });
  });
  const submit = async (event?: FormEvent): Promise<void> => {
    event?.preventDefault();
    if (busy.current) return;
    busy.current = true;
    setSaved(false);
    // What is wrong again is said again, and takes the focus again.
    clearErrors();
    try {
      await save();
    } finally {
      busy.current = false;
    }
  };
  const { errors, isDirty, isSubmitting } = form.formState;
  return {
    value,
    /** The server's state that the form rests on. */
    seen,
    set,
    submit,
    /** What is wrong with each field, by its name. */
    fields: Object.fromEntries(
      Object.entries(fieldsOf(errors)).map(([name, message]) => [name, messageInWords(message, t)]),
    ),
    message: errors.root?.server?.message ?? (errors.root?.message && messageInWords(errors.root.message, t)),
    fail,
    report,
    clear: () => clearErrors(),
    /** It holds what is not saved. */
    dirty: isDirty,
    saving: isSubmitting,
    /** All that stands in the form has just been saved. */
    saved,
  };
}
