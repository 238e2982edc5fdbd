'use client';

import { useCallback, useRef, useState } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { type ByEntry, follow, sameForm, stored } from './follow';

/**
 * A form that is saved as a whole and stays on the page. It follows what the server says (`now`, plain JSON values) in the fields that
 * nobody touched, and never overwrites what was typed, also not while its own save is under way. Use with a mutation as
 * `{ onMutate: form.begin, onError: form.fail, onSuccess: (answer) => form.done({ version: answer.version }) }`, and send
 * `form.seen`'s version, so that a change of somebody else is noticed.
 */
export function useSavedForm<T extends object>(now: T, byEntry?: ByEntry<T>) {
  const errors = useAppError({ toast: false });
  const [state, setState] = useState({ value: now, seen: now });
  const [told, setTold] = useState(now);
  const [saved, setSaved] = useState(false);
  const latest = useRef(state.value);
  const sent = useRef(state.value);
  if (!sameForm(told, now)) {
    setTold(now);
    setState(follow(state.value, state.seen, now, byEntry));
  }
  latest.current = state.value;

  const set = useCallback((change: Partial<T>) => {
    setSaved(false);
    setState((before) => ({ ...before, value: { ...before.value, ...change } }));
  }, []);
  const { clear, report } = errors;
  const begin = useCallback(() => {
    clear();
    setSaved(false);
    sent.current = latest.current;
  }, [clear]);
  /** The server has what was sent, as `answer` says it where it says more. Answers whether that is all that was typed. */
  const done = useCallback((answer: Partial<T> = {}): boolean => {
    const from = sent.current;
    const { all } = stored(latest.current, from, answer);
    setState((before) => {
      const { value, seen } = stored(before.value, from, answer);
      return { value, seen };
    });
    setSaved(all);
    return all;
  }, []);
  return {
    value: state.value,
    /** The server's state that the form rests on. */
    seen: state.seen,
    set,
    begin,
    done,
    fail: report,
    clear,
    message: errors.message,
    fields: errors.fields,
    /** All that stands in the form has just been saved. */
    saved,
  };
}
