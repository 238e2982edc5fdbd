import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { redirectDocument } from '@/app/_gate/lead-to';
import { Logo } from '@/components/shell/logo';
import { TRPCReactProvider } from '@/components/trpc/provider';
import { Button } from '@/components/ui/button';
import { Toaster } from '@/components/ui/toast';
import { ClientWords } from '@/components/words/client-words';
import { memberViewer, signInAddress } from '@/server/trpc/context';
import { signOutAction } from '../(app)/actions';

export const dynamic = 'force-dynamic';

/** Layout of the set-up: only the current step and a way out. */
export default async function SetupLayout({ children }: { children: ReactNode }) {
  const viewer = await memberViewer();
  if (!viewer) return redirectDocument(await signInAddress());
  const t = await getTranslations('setup');
  return (
    <ClientWords of={[]}>
      <TRPCReactProvider>
        <header className="flex items-center justify-between gap-4 px-4 py-5 sm:px-8">
          <Logo />
          <form action={signOutAction} className="flex min-w-0 items-center gap-3 text-sm">
            <span className="min-w-0 truncate text-muted-foreground max-sm:hidden">{viewer.email}</span>
            <Button type="submit" variant="ghost" size="sm">
              {t('signOut')}
            </Button>
          </form>
        </header>
        <main id="main" className="mx-auto w-full max-w-3xl px-4 pt-4 pb-16 sm:px-6">
          {children}
        </main>
        <Toaster />
      </TRPCReactProvider>
    </ClientWords>
  );
}
