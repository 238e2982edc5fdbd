'use client';

import { useMutation } from '@tanstack/react-query';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import type { ConnectionView, Disconnected } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';

/** One connected account: whose it is, whether it works, and what can be done with it. */
export function AccountRow({
  connection,
  platformName,
  zone,
  canManage,
  busy,
  onReconnect,
  onChanged,
  onDisconnected,
}: {
  connection: Shown<ConnectionView>;
  platformName: string;
  zone: string;
  canManage: boolean;
  busy: boolean;
  onReconnect: () => void;
  onChanged: () => void;
  onDisconnected: (answer: Disconnected) => void;
}) {
  const trpc = useTRPC();
  const check = useMutation(
    trpc.connections.check.mutationOptions({
      onSuccess: ({ ok, message }) => {
        if (ok) toast.success(`${connection.remoteName}: ${message}`);
        else toast.error(message);
        onChanged();
      },
      onError: (error) => toast.error(readAppError(error).message),
    }),
  );
  const disconnect = useMutation(
    trpc.connections.disconnect.mutationOptions({
      onSuccess: (answer) => {
        onDisconnected(answer);
        onChanged();
      },
      onError: (error) => toast.error(readAppError(error).message),
    }),
  );
  const broken = connection.status === 'needs_reconnect';
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="wrap-anywhere min-w-0 font-medium">
          {connection.remoteUrl ? (
            <a
              href={connection.remoteUrl}
              target="_blank"
              rel="noreferrer noopener"
              className="hover:underline"
            >
              {connection.remoteName}
            </a>
          ) : (
            connection.remoteName
          )}
        </span>
        {broken ? (
          <Badge variant="destructive">Reconnect</Badge>
        ) : (
          <Badge variant="positive">Connected</Badge>
        )}
        {connection.environment === 'sandbox' ? <Badge variant="outline">Sandbox</Badge> : null}
      </div>
      {broken && connection.problem ? <p className="text-destructive">{connection.problem.text}</p> : null}
      <p className="text-muted-foreground text-xs">
        Since <Time at={connection.createdAt} zone={zone} style="date" />
        {!broken && connection.endsAt ? (
          <>
            {' · renews itself; without use it ends on '}
            <Time at={connection.endsAt} zone={zone} style="date" />
          </>
        ) : null}
        {connection.lastUsedAt ? (
          <>
            {' · last used '}
            <Time at={connection.lastUsedAt} zone={zone} />
          </>
        ) : null}
      </p>
      {canManage ? (
        <div className="flex flex-wrap gap-2">
          {broken ? (
            <Button size="sm" loading={busy} onClick={onReconnect}>
              Reconnect<span className="sr-only"> {connection.remoteName}</span>
            </Button>
          ) : (
            <Button
              size="sm"
              variant="outline"
              loading={check.isPending}
              onClick={() => check.mutate({ id: connection.id })}
            >
              Check<span className="sr-only"> {connection.remoteName}</span>
            </Button>
          )}
          <ConfirmDialog
            trigger={
              <Button size="sm" variant="ghost">
                Disconnect<span className="sr-only"> {connection.remoteName}</span>
              </Button>
            }
            title={`Disconnect ${connection.remoteName} from ${platformName}?`}
            description={
              <>
                What is scheduled there will not go out, and sales are no longer followed. What was published
                stays. You can connect it again later.
                {connection.byHand ? (
                  <>
                    {' '}
                    {platformName} gives us no way to end our access there: also remove Tributary{' '}
                    <a
                      href={connection.byHand.url}
                      target="_blank"
                      rel="noreferrer noopener"
                      className="underline underline-offset-2"
                    >
                      in your {connection.byHand.where}
                    </a>
                    .
                  </>
                ) : null}
              </>
            }
            confirmLabel="Disconnect"
            onConfirm={() => disconnect.mutateAsync({ id: connection.id })}
          />
        </div>
      ) : null}
    </li>
  );
}
