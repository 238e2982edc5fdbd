import { env } from '@/server/foundation/env';

export interface OutgoingEmail {
  id: string;
  to: string;
  subject: string;
  html: string;
  body: string;
}

/** A failure to send. `permanent`: the same e-mail would be refused again. */
export class SendError extends Error {
  constructor(
    message: string,
    readonly permanent: boolean,
  ) {
    super(message);
    this.name = 'SendError';
  }
}

/** Sends one e-mail and returns the provider's id for it. Throws SendError. */
export type SendEmail = (mail: OutgoingEmail) => Promise<string>;

const TIMEOUT_MS = 30_000;

/** Returns the e-mail transport of this installation: Resend, else SMTP, else null, in which case e-mails stay in the outbox. */
export function emailTransport(): SendEmail | null {
  const e = env();
  if (e.RESEND_API_KEY) return throughResend(e.RESEND_API_KEY, e.EMAIL_FROM);
  if (e.SMTP_URL) return throughSmtp(e.SMTP_URL, e.EMAIL_FROM);
  return null;
}

/** Resend ignores a second request with the same idempotency key, so a retry after a crash sends nothing twice. */
export function throughResend(key: string, from: string, baseUrl?: string): SendEmail {
  return async (mail) => {
    const { Resend } = await import('resend');
    const client = new Resend(key, baseUrl ? { baseUrl } : undefined);
    const { data, error } = await withTimeout(
      client.emails.send(
        { from, to: mail.to, subject: mail.subject, html: mail.html, text: mail.body },
        { idempotencyKey: mail.id },
      ),
    );
    if (error) {
      const status = error.statusCode ?? 0;
      throw new SendError(`Resend: ${error.name}`, PERMANENT.has(status));
    }
    return data?.id ?? mail.id;
  };
}
// 401 and 403 (a wrong key, an unverified domain) can be fixed by the operator, so they are retried.
const PERMANENT = new Set([400, 404, 405, 413, 422]);

/** SMTP has no such key. The Message-ID is always the same, so that mail systems can drop a duplicate. */
export function throughSmtp(url: string, from: string): SendEmail {
  return async (mail) => {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      url,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: TIMEOUT_MS,
    });
    const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'tributary.localhost';
    try {
      const sent = await withTimeout(
        transport.sendMail({
          from,
          to: mail.to,
          subject: mail.subject,
          html: mail.html,
          text: mail.body,
          messageId: `<${mail.id}@${domain}>`,
          disableFileAccess: true,
          disableUrlAccess: true,
        }),
      );
      return sent.messageId;
    } catch (error) {
      if (error instanceof SendError) throw error;
      const { responseCode, code } = error as { responseCode?: number; code?: string };
      // A 5xx during authentication concerns the account, not this e-mail.
      const permanent = (responseCode ?? 0) >= 500 && code !== 'EAUTH';
      throw new SendError(`SMTP: ${responseCode ?? code ?? 'no answer'}`, permanent);
    } finally {
      transport.close();
    }
  };
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SendError('No answer in time', false)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof Error && (error instanceof SendError || 'responseCode' in error || 'code' in error)
      ? error
      : new SendError('The mail provider could not be reached', false);
  } finally {
    clearTimeout(timer);
  }
}
