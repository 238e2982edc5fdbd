import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { redirectDocument } from '@/app/_gate/lead-to';
import { Live } from '@/components/live/live';
import { Banners } from '@/components/shell/banners';
import { BottomBar } from '@/components/shell/bottom-bar';
import { HeldBar } from '@/components/shell/held-bar';
import { Logo, LogoMark } from '@/components/shell/logo';
import { PaletteButton } from '@/components/shell/palette-button';
import { Rail } from '@/components/shell/rail';
import { UserMenu } from '@/components/shell/user-menu';
import { TRPCReactProvider } from '@/components/trpc/provider';
import { getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Toaster } from '@/components/ui/toast';
import { ClientWords } from '@/components/words/client-words';
import { PLAN_TERMS } from '@/server/domains/plans/plans';
import { memberViewer, signInAddress } from '@/server/trpc/context';
import { signOutAction } from './actions';

/** Layout of every signed-in page. Redirects users who have not finished the set-up back to it. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  // Taken before any data is read, so that the page is notified of every later change.
  const since = Date.now();
  const viewer = await memberViewer();
  if (!viewer) return redirectDocument(await signInAddress());
  const shell = await getQueryClient().fetchQuery(trpc.home.shell.queryOptions());
  if (shell.onboardingStep !== 'done') return redirectDocument(`/onboarding/${shell.onboardingStep}`);
  const t = await getTranslations('shell');
  const person = { name: viewer.name, email: viewer.email };
  const plan = (
    <Badge asChild variant={shell.plan === 'free' ? 'outline' : 'accent'}>
      <Link href="/settings/billing">
        {t.rich('plan', {
          name: PLAN_TERMS[shell.plan].name,
          unseen: (chunks) => <span className="sr-only">{chunks}</span>,
        })}
      </Link>
    </Badge>
  );
  return (
    <ClientWords of={['shell', 'live', 'posting']}>
      <TRPCReactProvider>
        <HydrateClient>
          <div className="min-h-dvh text-sm md:grid md:grid-cols-[14rem_minmax(0,1fr)]">
            <aside className="sticky top-0 hidden h-dvh flex-col border-border border-r md:flex">
              <div className="grid grid-cols-1 gap-3 p-3">
                <div className="flex h-8 items-center px-2">
                  <Link href="/home" className="rounded-md">
                    <Logo />
                  </Link>
                </div>
                <div className="flex items-center gap-2 px-2">
                  <span className="min-w-0 flex-1 truncate font-medium" title={shell.workspaceName}>
                    {shell.workspaceName}
                  </span>
                  {plan}
                </div>
                <PaletteButton signOut={signOutAction} shortcut />
              </div>
              <div className="flex-1 overflow-y-auto px-3 pb-3">
                <Rail />
              </div>
              <div className="border-border border-t p-2">
                <UserMenu person={person} signOut={signOutAction} />
              </div>
            </aside>
            <div className="flex min-w-0 flex-col">
              <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-border border-b bg-background px-4 md:hidden">
                <Link
                  href="/home"
                  aria-label={t('nav.home')}
                  className="flex size-9 items-center justify-center rounded-lg"
                >
                  <LogoMark />
                </Link>
                <span className="min-w-0 truncate font-medium">{shell.workspaceName}</span>
                {plan}
                <span className="ml-auto flex items-center gap-1">
                  <PaletteButton signOut={signOutAction} compact />
                  <UserMenu person={person} signOut={signOutAction} compact />
                </span>
              </header>
              <HeldBar zone={shell.timeZone} />
              <Banners
                emailVerified={viewer.emailVerified}
                email={viewer.email}
                sandboxConnections={shell.sandboxConnections}
                liveConnections={shell.liveConnections}
              />
              <main
                id="main"
                tabIndex={-1}
                className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 pb-24 outline-none sm:px-6 md:pb-10"
              >
                {children}
              </main>
            </div>
            <BottomBar />
          </div>
          <Toaster />
          <Live since={since} />
        </HydrateClient>
      </TRPCReactProvider>
    </ClientWords>
  );
}
