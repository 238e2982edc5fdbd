import Link from 'next/link';
import { Alert } from '@/components/ui/alert';

/** Says whose e-mails are shown and why they are here. */
export function WhatThisIs({ own }: { own: boolean }) {
  return (
    <Alert
      className="mt-3 mb-6"
      title={own ? 'What this installation has written to you' : 'This is the outbox of this installation'}
    >
      <p>
        {own
          ? 'It sends no e-mail, so what it would have sent to your address is kept here for you.'
          : 'It sends no e-mail: everything it would have sent, to anybody, is kept here. All of it is shown because you are at the machine that it runs on, or because TRIBUTARY_OUTBOX opens it to everyone. Set RESEND_API_KEY or SMTP_URL to send e-mail; then this page is closed.'}
      </p>
    </Alert>
  );
}

/** For somebody who may read nothing here: why, and what to do. */
export function NotForYou() {
  return (
    <div className="mt-3 grid max-w-prose gap-4">
      <p>
        This installation sends no e-mail and keeps what it would have sent. Links that open accounts are
        among it, so it is not shown to everybody.
      </p>
      <ul className="grid list-disc gap-2 pl-5">
        <li>
          <Link href="/sign-in?next=/outbox" className="underline underline-offset-4">
            Sign in
          </Link>{' '}
          to read what was written to your own address.
        </li>
        <li>
          At the machine that Tributary runs on, open it under its localhost address: there all of it is
          shown.
        </li>
        <li>
          If you run this installation, set RESEND_API_KEY or SMTP_URL to send e-mail, or TRIBUTARY_OUTBOX to
          say who may read here. The file .env.example says more.
        </li>
      </ul>
    </div>
  );
}
