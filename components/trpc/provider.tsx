import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { TRPCReactProvider as Provider } from './client';

/** Put in the layouts of signed-in pages. */
export async function TRPCReactProvider({ children }: { children: ReactNode }) {
  const t = await getTranslations('facts.errors');
  return <Provider unreachable={t('unreachable')}>{children}</Provider>;
}
