import { Alert } from '@/components/ui/alert';
import { outcomeOf } from '@/server/domains/connections/outcomes';

/** How a sign-in at a platform ended: the code that the callback put into the address, in words. */
export function ConnectionOutcome({
  code,
  platform,
}: {
  code: string | undefined;
  platform?: string | undefined;
}) {
  const outcome = outcomeOf(code);
  if (!outcome) return null;
  return (
    <Alert
      variant={outcome.good ? 'positive' : 'destructive'}
      title={platform && outcome.good ? `${platform}: ${outcome.words}` : outcome.words}
      className="mb-4"
    />
  );
}
