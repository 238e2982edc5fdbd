import { useTranslations } from 'next-intl';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { type OutcomeCode, outcomeOf } from '@/server/domains/connections/outcomes';
import type { AvailablePlatform } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';

/** The outcome of a sign-in at a platform: the text for the code that the callback put into the URL. */
export function ConnectionOutcome({
  code,
  platform,
  nothing,
}: {
  code: string | undefined;
  platform?: string | undefined;
  /** What to do at this platform when it offered nothing to connect. */
  nothing?: Shown<AvailablePlatform['nothingToConnect']> | undefined;
}) {
  const t = useTranslations('connections.outcome');
  const outcome = outcomeOf(code);
  if (!outcome) return null;
  const text = t(code as OutcomeCode);
  const todo = code === 'no_account' ? nothing : null;
  return (
    <Alert
      variant={outcome.good ? 'positive' : 'destructive'}
      title={todo?.title.text ?? (platform && outcome.good ? t('at', { platform, outcome: text }) : text)}
      className="mb-4"
      action={
        todo ? (
          <Button asChild size="sm" variant="outline">
            <a href={todo.url} target="_blank" rel="noreferrer noopener">
              {todo.label.text}
            </a>
          </Button>
        ) : undefined
      }
    >
      {todo ? <p className="max-w-prose">{todo.words.text}</p> : null}
    </Alert>
  );
}
