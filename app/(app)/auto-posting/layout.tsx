import { PenLine } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { AutoPostingTabs } from './tabs';

export default function AutoPostingLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <PageHeader
        title="Auto-posting"
        description="When each account posts by itself, and what goes out next."
        className="mb-3!"
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden /> Compose
            </Link>
          </Button>
        }
      />
      <AutoPostingTabs />
      {children}
    </>
  );
}
