'use client';

import { useEffect, useRef } from 'react';
import { FormWord } from '@/components/words/frame-words';
import { Alert } from './alert';

/**
 * Summarizes the errors of a form at its top and moves the focus to the first invalid control. `fields` maps a control's `id` or `name` to
 * its error. Renders nothing without errors.
 */
export function FormErrors({
  message,
  fields,
  labels = {},
}: {
  message?: string | undefined;
  fields?: Record<string, string> | undefined;
  /** Display names of the fields. */
  labels?: Record<string, string>;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const names = Object.keys(fields ?? {});
  const key = names.join('\n');
  useEffect(() => {
    if (!message && key === '') return;
    const form = ref.current?.closest('form') ?? document;
    for (const name of key.split('\n')) {
      const control = name
        ? (form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`) ??
          form.querySelector<HTMLElement>(`#${CSS.escape(name)}`))
        : null;
      if (control) {
        control.focus();
        return;
      }
    }
    ref.current?.focus();
  }, [message, key]);
  if (!message && names.length === 0) return null;
  return (
    <div ref={ref} tabIndex={-1} className="rounded-lg">
      <Alert variant="destructive" title={message ?? <FormWord name="fieldsWrong" />}>
        {names.length > 0 ? (
          <ul className="list-disc pl-4">
            {names.map((name) => (
              <li key={name}>
                {labels[name] ? `${labels[name]}: ` : ''}
                {fields?.[name]}
              </li>
            ))}
          </ul>
        ) : null}
      </Alert>
    </div>
  );
}
