import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ThemeSwitch } from '@/components/shell/theme-switch';
import { Toaster } from '@/components/ui/toast';
import { ClientWords } from '@/components/words/client-words';
import { Gallery } from './gallery';

export const metadata: Metadata = { title: 'Gallery', robots: { index: false } };
// Decided per request, so that one build serves both kinds of installation.
export const dynamic = 'force-dynamic';

/** Every primitive in every state, light and dark side by side. For development; elsewhere only if `TRIBUTARY_GALLERY` enables it. */
export default function GalleryPage() {
  const wanted = process.env.NODE_ENV === 'development' || process.env.TRIBUTARY_GALLERY === '1';
  if (!wanted) notFound();
  return (
    <ClientWords of={[]}>
      <main id="main" className="text-sm">
        <header className="flex flex-wrap items-center justify-between gap-4 border-border border-b px-6 py-4">
          <div>
            <h1 className="font-semibold text-xl tracking-tight">Gallery</h1>
            <p className="text-muted-foreground">Every primitive in every state, light and dark.</p>
          </div>
          <ThemeSwitch />
        </header>
        <div className="grid xl:grid-cols-2">
          {(['light', 'dark'] as const).map((theme) => (
            <section
              key={theme}
              aria-label={`${theme} theme`}
              className={`${theme} min-w-0 bg-background text-foreground`}
            >
              <h2 className="border-border border-b px-6 py-3 font-medium capitalize">{theme}</h2>
              <Gallery name={theme} />
            </section>
          ))}
        </div>
        <Toaster />
      </main>
    </ClientWords>
  );
}
