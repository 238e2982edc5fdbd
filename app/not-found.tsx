import type { Metadata } from 'next';
import { Logo } from '@/components/shell/logo';
import { buttonVariants } from '@/components/ui/button-looks';

export const metadata: Metadata = { title: 'Page not found' };

/** Plain links and no client code: every page of the app loads what this one needs. */
export default function NotFound() {
  return (
    <main id="main" className="mx-auto grid min-h-dvh max-w-md content-center justify-items-start gap-3 px-6">
      <a href="/" className="mb-4 rounded-md">
        <Logo />
      </a>
      <h1 className="font-semibold text-2xl tracking-tight">There is no page at this address</h1>
      <p className="text-muted-foreground">It may have moved, or the address has a typing mistake.</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <a href="/" className={buttonVariants()}>
          Go to the start page
        </a>
        <a href="/home" className={buttonVariants({ variant: 'outline' })}>
          Open the app
        </a>
      </div>
    </main>
  );
}
