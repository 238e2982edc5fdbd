'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useAppForm } from '@/components/forms/use-app-form';
import { leaveFor } from '@/components/shell/leave-for';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { type OutcomeCode, outcomeOf } from '@/server/domains/connections/outcomes';
import type { SignInTarget } from './sign-in-target';

interface Typed {
  server: string;
  values: Record<string, string>;
}

/** The form in which a user names a server or enters what a platform gave them. */
export function SignInDialog({
  target,
  returnTo,
  onClose,
  onDone,
}: {
  target: SignInTarget;
  returnTo: string;
  onClose: () => void;
  onDone: (code: OutcomeCode) => void;
}) {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        onOpenAutoFocus={(event) => {
          event.preventDefault();
          // Not the link or the close button.
          (event.target as HTMLElement).querySelector('input')?.focus();
        }}
      >
        <SignInForm target={target} returnTo={returnTo} onClose={onClose} onDone={onDone} />
      </DialogContent>
    </Dialog>
  );
}

function SignInForm({
  target: { platform, environment, connection },
  returnTo,
  onClose,
  onDone,
}: Parameters<typeof SignInDialog>[0]) {
  const t = useTranslations('connections');
  const trpc = useTRPC();
  const start = useMutation(trpc.connections.start.mutationOptions());
  const signIn = useMutation(trpc.connections.signIn.mutationOptions());
  const { fields, redirects, pages } = platform.signIn;
  // A connection stays on its server.
  const server = connection ? null : platform.signIn.server;
  const place = {
    platform: platform.id,
    ...(connection ? { connectionId: connection.id } : { environment }),
  };
  const form = useAppForm<Typed, Typed, OutcomeCode | null>({
    now: { server: server?.usual ?? '', values: Object.fromEntries(fields.map(({ id }) => [id, ''])) },
    schema: () =>
      import('./sign-in-schema').then((m) =>
        m.signInSchema({ fields: fields.map(({ id }) => id), server: server !== null }, t('signIn.missing')),
      ),
    send: async ({ server: typed, values }) => {
      const at = server ? { ...place, server: typed } : place;
      if (redirects) {
        const { url } = await start.mutateAsync({ ...at, returnTo });
        leaveFor(url);
        return null;
      }
      const { code } = await signIn.mutateAsync({ ...at, values });
      return code;
    },
    // What was refused stays, so that it can be corrected.
    onSaved: ({ answer }) => {
      if (answer && outcomeOf(answer)?.good) onDone(answer);
    },
  });
  const account = t('account.named', { noun: platform.accountNoun, count: 1 });
  const page = pages.find((one) => one.environment === environment);
  const refused = signIn.data && !outcomeOf(signIn.data.code)?.good ? signIn.data.code : null;
  const busy = form.saving || (redirects && start.isSuccess);
  const labels = Object.fromEntries([
    ['server', server?.label.text ?? ''],
    ...fields.map(({ id, label }) => [`values.${id}`, label.text]),
  ]);
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-4">
      <DialogHeader>
        <DialogTitle>
          {connection
            ? t('signIn.titleReconnect', { name: connection.name })
            : t(
                environment === 'sandbox' && platform.environments.length > 1
                  ? 'signIn.titleSandbox'
                  : 'signIn.title',
                {
                  account,
                  platform: platform.name,
                },
              )}
        </DialogTitle>
        <DialogDescription>
          {redirects
            ? t('signIn.serverIntro', { platform: platform.name })
            : fields.some(({ secret }) => secret)
              ? t('signIn.fieldsIntro', { platform: platform.name })
              : t('signIn.tellIntro', { account })}
          {page ? (
            <>
              {' '}
              {t.rich('signIn.getThem', {
                where: page.where.text,
                link: (chunks) => (
                  <a
                    href={page.url}
                    target="_blank"
                    rel="noreferrer noopener"
                    className="text-foreground underline underline-offset-2"
                  >
                    {chunks}
                  </a>
                ),
              })}
            </>
          ) : null}
        </DialogDescription>
      </DialogHeader>
      <FormErrors
        message={refused && !form.message ? t(`outcome.${refused}`) : form.message}
        fields={form.fields}
        labels={labels}
      />
      {server ? (
        <Field
          label={server.label.text}
          help={<Help text={server.help.text} example={server.example} />}
          error={form.fields.server}
          required
        >
          <Input
            name="server"
            value={form.value.server}
            maxLength={300}
            inputMode="url"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => form.set({ server: event.target.value })}
          />
        </Field>
      ) : null}
      {fields.map(({ id, label, help, secret, maxLength, example }) => (
        <Field
          key={id}
          label={label.text}
          help={<Help text={help.text} example={example} />}
          error={form.fields[`values.${id}`]}
          required
        >
          <Input
            name={`values.${id}`}
            type={secret ? 'password' : 'text'}
            value={form.value.values[id] ?? ''}
            maxLength={maxLength}
            // A password manager would offer the password of Tributary here.
            autoComplete={secret ? 'new-password' : 'off'}
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => form.set({ values: { ...form.value.values, [id]: event.target.value } })}
          />
        </Field>
      ))}
      <DialogFooter>
        <Button type="button" variant="ghost" onClick={onClose}>
          {t('signIn.cancel')}
        </Button>
        <Button type="submit" loading={busy}>
          {redirects ? t('signIn.continue') : connection ? t('signIn.reconnect') : t('signIn.connect')}
        </Button>
      </DialogFooter>
    </form>
  );
}

function Help({ text, example }: { text: string; example: string | null }) {
  const t = useTranslations('connections.signIn');
  return (
    <>
      {text}
      {example ? (
        <>
          {' '}
          <span className="wrap-anywhere">{t('example', { example })}</span>
        </>
      ) : null}
    </>
  );
}
