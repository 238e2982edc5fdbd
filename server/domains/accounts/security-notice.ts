import type { TemplateProps } from '@/emails';
import { type RenderedEmail, renderEmail } from '@/server/domains/emails/render-email';
import { env } from '@/server/foundation/env';
import { deviceName } from './device-name';

/** What a person is told of by e-mail, because somebody else might have done it. */
type SecurityChange = TemplateProps<'security-notice'>['change'];

/** The e-mail about a change that was just made to an account. Rendering comes before the transaction that queues it. */
export const renderNotice = (
  change: SecurityChange,
  input: { at: Date; userAgent: string | null },
): Promise<RenderedEmail> =>
  renderEmail('security-notice', {
    change,
    device: deviceName(input.userAgent),
    when: `${input.at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    url: `${env().appUrl}/forgot`,
  });
