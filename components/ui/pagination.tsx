import { ChevronLeft, ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from './button';
import { cn } from './cn';

type Step = { href?: string | undefined; onClick?: (() => void) | undefined; disabled?: boolean };

/** Pages back and forth through a long list. Each side is a link (`href`) or a button (`onClick`); a missing side is shown as disabled. */
export function Pagination({
  previous,
  next,
  summary,
  label,
  className,
}: {
  previous?: Step | undefined;
  next?: Step | undefined;
  /** "1–25 of 340", or as much as is known. */
  summary?: string;
  label?: string;
  className?: string;
}) {
  const t = useTranslations('ui.pages');
  return (
    <nav
      aria-label={label ?? t('label')}
      className={cn('flex items-center justify-between gap-4 text-sm', className)}
    >
      <span className="tabular text-muted-foreground">{summary}</span>
      <span className="flex gap-2">
        <PageStep step={previous}>
          <ChevronLeft aria-hidden />
          {t('previous')}
        </PageStep>
        <PageStep step={next}>
          {t('next')}
          <ChevronRight aria-hidden />
        </PageStep>
      </span>
    </nav>
  );
}

function PageStep({ step, children }: { step: Step | undefined; children: React.ReactNode }) {
  if (step?.href && !step.disabled)
    return (
      <Button asChild variant="outline" size="sm">
        <Link href={step.href}>{children}</Link>
      </Button>
    );
  return (
    <Button
      variant="outline"
      size="sm"
      disabled={!step || step.disabled || !step.onClick}
      {...(step?.onClick ? { onClick: step.onClick } : {})}
    >
      {children}
    </Button>
  );
}
