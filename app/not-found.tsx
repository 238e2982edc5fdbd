import type { Metadata } from 'next';
import Link from 'next/link';
import { Logo } from '@/components/shell/logo';
import { Button } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Page not found' };

export default function NotFound() {
  return (
    <main id="main" className="mx-auto grid min-h-dvh max-w-md content-center justify-items-start gap-3 px-6">
      <Link href="/" className="mb-4 rounded-md">
        <Logo />
      </Link>
      <h1 className="font-semibold text-2xl tracking-tight">There is no page at this address</h1>
      <p className="text-muted-foreground">It may have moved, or the address has a typing mistake.</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button asChild>
          <Link href="/">Go to the start page</Link>
        </Button>
        <Button asChild variant="outline">
          <Link href="/home">Open the app</Link>
        </Button>
      </div>
    </main>
  );
}
