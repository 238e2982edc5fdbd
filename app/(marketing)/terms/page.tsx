import type { Metadata } from 'next';
import { Legal } from '../_pieces/legal';

export const metadata: Metadata = {
  title: 'Terms',
  description: 'What you may expect from us and we from you.',
};

export default function TermsPage() {
  return (
    <Legal
      title="Terms"
      intro="What you may expect from whoever runs this installation of Tributary, and what they expect from you."
      sections={[
        {
          title: 'The service',
          text: [
            'Tributary drafts, schedules and publishes posts, lists products, changes prices by rules that you set, and books what your platforms report. It acts only on accounts that you connect, and only as far as you allow it.',
            'You agree to this with the operator of this installation: the person or company that runs it.',
          ],
        },
        {
          title: 'Your account',
          text: [
            'Give a true e-mail address, keep your password to yourself, and tell the operator when somebody else has used your account. You answer for what is done with it.',
          ],
        },
        {
          title: 'Your content and the platforms',
          text: [
            'What you write, upload and sell stays yours. You give the operator only the right to store and send it as the service needs.',
            'The rules of each platform hold for what you post and sell there. Do not use Tributary to deceive people, to send unwanted messages, or for anything unlawful.',
            'Drafts that a language model wrote can be wrong. You decide what is published.',
          ],
        },
        {
          title: 'Plans and payment',
          text: [
            'Paid plans are paid in advance, by the month, and renew until you cancel. You can cancel at any time under Billing; the plan then ends with the month that is paid.',
            'When a payment fails, the workspace goes back to the Free plan after the card has been tried again. Nothing is deleted because of it.',
          ],
        },
        {
          title: 'Limits of responsibility',
          text: [
            'Platforms change, fail and refuse. Tributary tells you what it knows and does not guess, but nobody can promise that a post goes out or that a price is changed at a given moment. The reports are no tax advice.',
            'The software comes under the Apache License 2.0, without any warranty, as far as the law allows this.',
          ],
        },
        {
          title: 'Ending it',
          text: [
            'You can stop using the service whenever you like. The operator may close an account that breaks these terms, and says why.',
          ],
        },
      ]}
    />
  );
}
