'use client';

import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { THEMES } from './themes';

/** Labels of the buttons. Passed as props, because public pages have no catalogue in the browser. */
export type ThemeWords = Record<'label' | (typeof THEMES)[number]['value'], string>;

/** The buttons of `ThemeSwitch`. Only the browser knows which one is selected. */
export function ThemeButtons({ words }: { words: ThemeWords }) {
  const { theme, setTheme } = useTheme();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return (
    <fieldset className="inline-flex rounded-lg border border-border p-0.5">
      <legend className="sr-only">{words.label}</legend>
      {THEMES.map(({ value, icon: Icon }) => {
        const on = mounted && theme === value;
        return (
          <button
            key={value}
            type="button"
            aria-label={words[value]}
            aria-pressed={on}
            onClick={() => setTheme(value)}
            className={`flex size-7 items-center justify-center rounded-md hover:text-foreground ${
              on ? 'bg-muted text-foreground' : 'text-muted-foreground'
            }`}
          >
            <Icon aria-hidden className="size-4" strokeWidth={1.75} />
          </button>
        );
      })}
    </fieldset>
  );
}
