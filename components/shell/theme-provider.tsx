'use client';

import { ThemeProvider as NextThemes } from 'next-themes';
import type { ReactNode } from 'react';

/** Follows the system unless the reader chose; the choice is kept in their browser. The nonce is for the script that sets it early. */
export function ThemeProvider({ children, nonce }: { children: ReactNode; nonce: string | undefined }) {
  return (
    <NextThemes
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
      // React gives the browser's side no nonce to compare with: browsers hide it from scripts.
      {...(nonce ? { nonce } : {})}
    >
      {children}
    </NextThemes>
  );
}
