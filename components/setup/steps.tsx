import { ArrowLeft, Check } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { STEPS, type Step } from '@/server/domains/onboarding/schemas';

/** The user's position in the set-up, with links back to the steps that were reached. */
export function Steps({ current, reached }: { current: Step; reached: Step }) {
  const t = useTranslations('setup.steps');
  const open = STEPS.indexOf(reached);
  const here = STEPS.indexOf(current);
  const before = STEPS[here - 1];
  return (
    <nav aria-label={t('label')} className="mb-8">
      <div className="mb-1 flex min-h-9 items-center justify-between gap-4 text-sm sm:hidden">
        {before ? (
          <Button asChild variant="ghost" size="sm" className="-ml-3">
            <Link href={`/onboarding/${before}`}>
              <ArrowLeft aria-hidden />
              {t(`name.${before}`)}
            </Link>
          </Button>
        ) : null}
        <p className="text-muted-foreground">
          {t('at', { step: here + 1, steps: STEPS.length, name: t(`name.${current}`) })}
        </p>
      </div>
      <ol className="flex gap-2">
        {STEPS.map((step, index) => {
          const finished = index < open;
          const bar = (
            <>
              <span
                aria-hidden
                className={cn('block h-1 rounded-full', index <= here ? 'bg-accent' : 'bg-border')}
              />
              <span
                className={cn(
                  'mt-1.5 flex items-center gap-1 text-sm max-sm:sr-only',
                  index === here ? 'font-medium text-foreground' : 'text-muted-foreground',
                )}
              >
                {finished && index !== here ? <Check aria-hidden className="size-3.5" /> : null}
                {t(`name.${step}`)}
              </span>
            </>
          );
          return (
            <li key={step} className="min-w-0 flex-1" aria-current={index === here ? 'step' : undefined}>
              {index <= open && index !== here ? (
                <Link href={`/onboarding/${step}`} className="block min-h-6 rounded-md">
                  {bar}
                </Link>
              ) : (
                <span className="block min-h-6">{bar}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
