'use client';

import { ThemeProvider as NextThemes } from 'next-themes';
import type { ReactNode } from 'react';

/** Follows the system unless the user has chosen a theme, which their browser stores. The nonce is for the script that applies it early. */
export function ThemeProvider({ children, nonce }: { children: ReactNode; nonce: string | undefined }) {
  return (
    <NextThemes
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      // Browsers hide nonces from scripts, so in the browser React has none to compare with.
      {...(nonce ? { nonce } : {})}
    >
      {children}
    </NextThemes>
  );
}
