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
import { localizeMessage } from './localize-message';

/** Result of a save: the server's response, and whether it includes everything typed. */
export interface Saved<A> {
  answer: A;
  all: boolean;
}

/**
 * A form based on react-hook-form that is validated with Zod before it is sent and that follows changes on the server.
 *
 * `now` is the server's current state (plain JSON values). Untouched fields take a new state; typed values are never overwritten, not even
 * while the form's own save is in progress. `schema` returns the schema that turns the form into the input of the server's verb; it is
 * loaded on submit, so that no page loads Zod beforehand. `send` gets that input and `seen`, the server state that the form is based on:
 * send its version, so that another user's change is detected.
 *
 * `fields` holds the errors of the schema and of the server by name; `FormErrors` shows them and moves the focus to the first. A second
 * submission while one is in progress is ignored.
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
  /** The values to show after the server's response, where it differs from what was sent. */
  answered?: (answer: A, sent: T) => Partial<T>;
  onSaved?: (saved: Saved<A>) => void;
  onFailed?: (error: ShownError) => void;
}) {
  const t = useTranslations('facts.validation');
  const [saved, setSaved] = useState(false);
  const [seen, setSeen] = useState(now);
  /** The values at the time of the submission. */
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
        // The schema could not be loaded.
        const errors = { root: { type: 'load', message: readAppError(error).message } } as FieldErrors<T>;
        return { values: {}, errors };
      }
    },
    mode: 'onSubmit',
    // Errors stay until the next attempt, because showing them moves the focus, which must not happen while the user types.
    reValidateMode: 'onSubmit',
    shouldFocusError: false,
  });
  const { getValues, reset, setError, setValue, clearErrors } = form;
  const value = form.watch() as T;
  const busy = useRef(false);
  const rests = useRef(seen);

  /** Replaces the current field errors. */
  const report = useCallback(
    (wrong: Record<string, string>) => {
      clearErrors();
      for (const [name, message] of Object.entries(wrong))
        setError(name as Path<T>, { type: 'server', message });
    },
    [clearErrors, setError],
  );
  /** Shows `shown`, based on `on`; fields that differ count as typed by the user. */
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
    // Cleared first, so that a repeated error is announced and focused again.
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
    /** The server state that the form is based on. */
    seen,
    set,
    submit,
    /** Errors of the fields, by name. */
    fields: Object.fromEntries(
      Object.entries(fieldsOf(errors)).map(([name, message]) => [name, localizeMessage(message, t)]),
    ),
    message:
      errors.root?.server?.message ?? (errors.root?.message && localizeMessage(errors.root.message, t)),
    fail,
    report,
    clear: () => clearErrors(),
    /** The form has unsaved changes. */
    dirty: isDirty,
    saving: isSubmitting,
    /** All values of the form have just been saved. */
    saved,
  };
}
