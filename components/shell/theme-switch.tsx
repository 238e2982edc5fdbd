'use client';

import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { THEMES } from './themes';

/** Three buttons for the theme. Which one is on is known only in the browser. */
export function ThemeSwitch() {
  const { theme, setTheme } = useTheme();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return (
    <fieldset className="inline-flex rounded-lg border border-border p-0.5">
      <legend className="sr-only">Theme</legend>
      {THEMES.map(({ value, label, icon: Icon }) => {
        const on = mounted && theme === value;
        return (
          <button
            key={value}
            type="button"
            aria-label={label}
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
