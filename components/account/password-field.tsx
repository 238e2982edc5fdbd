'use client';

import { Check, Circle } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useFrameWords } from '@/components/words/frame-words';
import { PASSWORD_MAX, PASSWORD_RULES } from '@/server/domains/accounts/password-rules';

/** A field for a new password that ticks off the rules during typing and can reveal the password. */
export function PasswordField({
  label,
  error,
}: {
  /** Defaults to "Password". */
  label?: string;
  error?: string | undefined;
}) {
  const words = useFrameWords()?.password;
  const [value, setValue] = useState('');
  const [shown, setShown] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const form = input.current?.form;
    const onReset = () => {
      setValue('');
      setShown(false);
    };
    form?.addEventListener('reset', onReset);
    return () => form?.removeEventListener('reset', onReset);
  }, []);
  return (
    <div className="grid gap-2">
      <Field
        label={label ?? words?.label}
        error={error}
        required
        aside={
          <Button variant="link" size="sm" onClick={() => setShown(!shown)} aria-pressed={shown}>
            {shown ? words?.hide : words?.show}
          </Button>
        }
      >
        <Input
          ref={input}
          name="password"
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          maxLength={PASSWORD_MAX}
          onChange={(event) => setValue(event.target.value)}
          aria-describedby="password-rules"
        />
      </Field>
      <ul id="password-rules" className="grid gap-1 text-muted-foreground text-sm">
        {PASSWORD_RULES.map((rule) => {
          const kept = rule.test(value);
          return (
            <li
              key={rule.id}
              className={kept ? 'flex items-center gap-2 text-foreground' : 'flex items-center gap-2'}
            >
              {kept ? (
                <Check aria-hidden className="size-4 shrink-0 text-positive" />
              ) : (
                <Circle aria-hidden className="size-4 shrink-0" />
              )}
              <span>
                {words?.rules[rule.id]}
                <span className="sr-only">{kept ? words?.kept : words?.needed}</span>
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
